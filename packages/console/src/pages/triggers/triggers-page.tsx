import type { Trigger } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { triggerPages } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import type { Column } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { PagedTable } from '../../components/paged-table.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Dot } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine } from '../../text/plain-text.ts';
import { MadeTriggerDialog } from './made-trigger.tsx';
import { type MadeTrigger, TriggerForm } from './trigger-form.tsx';
import { verifyLabel } from './trigger-secret.ts';

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
    cell: ({ verify }) => <span className="soft">{verifyLabel(verify.type)}</span>,
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
  const mayWrite = useMay('jobs:write');
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<MadeTrigger>();
  const triggers = usePages(triggerPages);
  return (
    <Page
      title="Triggers"
      isFull
      actions={
        mayWrite && (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            <Icon name="plus" /> New trigger
          </button>
        )
      }
    >
      {isMaking && <TriggerForm onClose={() => setMaking(false)} onMade={setMade} />}
      <MadeTriggerDialog made={made} onClose={() => setMade(undefined)} />
      <Loaded query={triggers}>
        {(data) =>
          data.length === 0 ? (
            <Empty icon="bolt" title="There are no triggers">
              <p>A trigger is an address to which others send events. Each becomes a job.</p>
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
