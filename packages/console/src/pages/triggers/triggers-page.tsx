import type { Trigger } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { triggerPages } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import type { Column } from '../../components/data-table.tsx';
import { Page } from '../../components/page.tsx';
import { PagedTable } from '../../components/paged-table.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Dot } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { oneLine } from '../../text/plain-text.ts';

const columns: readonly Column<Trigger>[] = [
  {
    id: 'state',
    header: 'Status',
    width: '6rem',
    cell: ({ enabled }) => <Dot tone={enabled ? 'green' : 'gray'}>{enabled ? 'On' : 'Off'}</Dot>,
  },
  {
    id: 'what',
    header: 'What for',
    width: 'minmax(12rem, 1fr)',
    narrow: 'first',
    cell: (trigger) => (
      <Link to="/triggers/$id" params={{ id: trigger.id }} data-row className="truncate">
        <bdi>{titleOfTrigger(trigger)}</bdi>
      </Link>
    ),
  },
  {
    id: 'agent',
    header: 'Agent',
    width: '8rem',
    cell: ({ agent }) => <span className="truncate soft">{agent ?? '–'}</span>,
  },
  {
    id: 'verify',
    header: 'Senders prove themselves by',
    width: '13rem',
    narrow: 'hidden',
    cell: ({ verify }) => <span className="soft">{verify.type.replaceAll('_', ' ')}</span>,
  },
  {
    id: 'rejected',
    header: 'Rejected',
    width: '5rem',
    isRight: true,
    narrow: 'hidden',
    cell: ({ rejected_requests: rejected }) => <span className="numbers">{rejected.count}</span>,
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '6rem',
    isRight: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Addresses to which others send events that become jobs. */
export function TriggersPage() {
  const triggers = usePages(triggerPages);
  return (
    <Page title="Triggers" isFull>
      <Loaded query={triggers}>
        {(data) =>
          data.length === 0 ? (
            <Empty icon="bolt" title="There are no triggers">
              <p>
                <code>POST /v1/triggers</code> makes an address to which others send events; each
                becomes a job.
              </p>
            </Empty>
          ) : (
            <PagedTable label="Triggers" columns={columns} pages={triggers} />
          )
        }
      </Loaded>
    </Page>
  );
}

export function titleOfTrigger({ description, template }: Trigger): string {
  return oneLine(description ?? template, 200);
}
