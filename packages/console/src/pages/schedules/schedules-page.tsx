import type { Schedule } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { schedulePages } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import type { Column } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { PagedTable } from '../../components/paged-table.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { StatusBadge } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine } from '../../text/plain-text.ts';
import { ScheduleForm } from './schedule-form.tsx';
import { ScheduleStatus } from './schedule-status.tsx';
import { timingWords } from './timing-words.ts';

const columns: readonly Column<Schedule>[] = [
  {
    id: 'status',
    header: 'Status',
    width: '7rem',
    cell: ({ status }) => <ScheduleStatus status={status} />,
  },
  {
    id: 'prompt',
    header: 'Prompt',
    width: 'minmax(12rem, 1fr)',
    narrow: 'first',
    cell: (schedule) => (
      <Link to="/schedules/$id" params={{ id: schedule.id }} data-row className="truncate">
        <bdi>{promptOf(schedule)}</bdi>
      </Link>
    ),
  },
  {
    id: 'timing',
    header: 'Runs',
    width: 'minmax(10rem, 0.7fr)',
    cell: (schedule) => (
      <span className="truncate soft" title={timingWords(schedule)}>
        {timingWords(schedule)}
      </span>
    ),
  },
  {
    id: 'user',
    header: 'User',
    width: '8rem',
    narrow: 'hidden',
    cell: ({ user }) => <bdi className="truncate soft">{user}</bdi>,
  },
  {
    id: 'last',
    header: 'Last job',
    width: '8.5rem',
    narrow: 'hidden',
    cell: ({ last_job: last }) =>
      last === null ? <span className="muted">–</span> : <StatusBadge status={last.status} />,
  },
  {
    id: 'next',
    header: 'Next run',
    width: '6rem',
    isRight: true,
    cell: ({ next_run_at: at }) => <Time at={at} />,
  },
];

/** What the clock posts. */
export function SchedulesPage() {
  const mayWrite = useMay('jobs:write');
  const [isMaking, setMaking] = useState(false);
  const schedules = usePages(schedulePages);
  return (
    <Page
      title="Schedules"
      isFull
      actions={
        mayWrite && (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            <Icon name="plus" /> New schedule
          </button>
        )
      }
    >
      {isMaking && <ScheduleForm onClose={() => setMaking(false)} />}
      <Loaded query={schedules}>
        {(data) =>
          data.length === 0 ? (
            <Empty icon="clock" title="There are no schedules">
              <p>A schedule posts a job by the clock: every morning, say, or every ten minutes.</p>
            </Empty>
          ) : (
            <PagedTable label="Schedules" columns={columns} pages={schedules} />
          )
        }
      </Loaded>
    </Page>
  );
}

/** The job of a schedule is what its client sent. */
export function promptOf({ job, id }: Schedule): string {
  const { prompt } = job as { prompt?: unknown };
  return typeof prompt === 'string' ? oneLine(prompt, 200) : id;
}
