import type { Schedule } from '@pawl/client';
import { Dot } from '../../components/status-badge.tsx';

const statuses: Readonly<Record<Schedule['status'], readonly [tone: string, label: string]>> = {
  active: ['green', 'Active'],
  paused: ['gray', 'Paused'],
  disabled: ['red', 'Disabled'],
  finished: ['gray', 'Finished'],
};

export function ScheduleStatus({ status }: { readonly status: Schedule['status'] }) {
  const [tone, label] = statuses[status];
  return <Dot tone={tone}>{label}</Dot>;
}
