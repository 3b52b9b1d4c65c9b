import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { agentPages, type AgentRow } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import type { Column } from '../../components/data-table.tsx';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { PagedTable } from '../../components/paged-table.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine } from '../../text/plain-text.ts';
import { AgentForm } from './agent-form.tsx';

const columns: readonly Column<AgentRow>[] = [
  {
    id: 'name',
    header: 'Name',
    width: 'minmax(8rem, 12rem)',
    narrow: 'first',
    cell: ({ name }) => (
      <Link to="/agents/$name" params={{ name }} data-row className="truncate">
        {name}
      </Link>
    ),
  },
  {
    id: 'description',
    header: 'What for',
    width: 'minmax(10rem, 1fr)',
    cell: ({ description, instructions }) => (
      <bdi className="truncate soft">{oneLine(description ?? instructions ?? '', 200)}</bdi>
    ),
  },
  {
    id: 'model',
    header: 'Model',
    width: '11rem',
    narrow: 'hidden',
    cell: ({ model }) => <span className="truncate soft">{model ?? 'default'}</span>,
  },
  {
    id: 'connections',
    header: 'Connections',
    width: '10rem',
    narrow: 'hidden',
    cell: ({ connections }) => (
      <span className="truncate soft">{connections?.join(', ') ?? 'default'}</span>
    ),
  },
  {
    id: 'source',
    header: 'Kept in',
    width: '5rem',
    narrow: 'hidden',
    cell: ({ source }) => <span className="chip">{source === 'file' ? 'a file' : 'the API'}</span>,
  },
  {
    id: 'updated',
    header: 'Changed',
    width: '6rem',
    isRight: true,
    cell: ({ updated_at: at }) => <Time at={at} />,
  },
];

/** Names for instructions, models, tools and limits. */
export function AgentsPage() {
  const agents = usePages(agentPages);
  const mayWrite = useMay('jobs:write');
  const [isMaking, setMaking] = useState(false);
  return (
    <Page
      title="Agents"
      isFull
      actions={
        mayWrite && (
          <button type="button" className="button primary" onClick={() => setMaking(true)}>
            <Icon name="plus" /> New agent
          </button>
        )
      }
    >
      {isMaking && <AgentForm onClose={() => setMaking(false)} />}
      <Loaded query={agents}>
        {(data) =>
          data.length === 0 ? (
            <Empty icon="agent" title="There are no agents">
              <p>Try instructions and tools in the playground, and save what works under a name.</p>
            </Empty>
          ) : (
            <PagedTable label="Agents" columns={columns} pages={agents} />
          )
        }
      </Loaded>
    </Page>
  );
}
