import type { JobStatus } from '@pawl/client';
import styles from './status-badge.module.css';

const jobStatuses: Readonly<Record<JobStatus, readonly [label: string, tone: string]>> = {
  queued: ['Queued', 'gray'],
  in_progress: ['In progress', 'blue'],
  requires_action: ['Needs a person', 'amber'],
  completed: ['Completed', 'green'],
  incomplete: ['Incomplete', 'orange'],
  failed: ['Failed', 'red'],
  cancelled: ['Cancelled', 'gray'],
  expired: ['Expired', 'gray'],
};

export function jobStatusLabel(status: string): string {
  return jobStatuses[status as JobStatus]?.[0] ?? status;
}

export function StatusBadge({ status }: { readonly status: string }) {
  const [label, tone] = jobStatuses[status as JobStatus] ?? [status, 'gray'];
  return (
    <Dot tone={tone} pulses={status === 'in_progress'}>
      {label}
    </Dot>
  );
}

/** A coloured mark before words that say the same. */
export function Dot({
  tone,
  pulses = false,
  children,
}: {
  readonly tone: string;
  readonly pulses?: boolean;
  readonly children: React.ReactNode;
}) {
  return (
    <span className={styles['status']} data-tone={tone} data-pulses={pulses || undefined}>
      <span className={styles['dot']} aria-hidden="true" />
      <span className="truncate">{children}</span>
    </span>
  );
}
