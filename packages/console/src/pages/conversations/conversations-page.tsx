import type { Conversation } from '@pawl/client';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { conversationPages } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import type { Column } from '../../components/data-table.tsx';
import { formText } from '../../components/form-text.ts';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { PagedTable } from '../../components/paged-table.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Dot } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';

const columns: readonly Column<Conversation>[] = [
  {
    id: 'id',
    header: 'Conversation',
    width: 'minmax(14rem, 1fr)',
    narrow: 'first',
    cell: ({ id }) => (
      <Link to="/conversations/$id" params={{ id }} data-row className="mono truncate">
        {id}
      </Link>
    ),
  },
  {
    id: 'user',
    header: 'User',
    width: '14rem',
    cell: ({ user }) => <bdi className="truncate">{user}</bdi>,
  },
  {
    id: 'state',
    header: 'Now',
    width: '10rem',
    cell: ({ active_job: active }) =>
      active === null ? <span className="muted">Idle</span> : <Dot tone="blue">A job runs</Dot>,
  },
  {
    id: 'created',
    header: 'Begun',
    width: '6rem',
    isRight: true,
    cell: ({ created_at: at }) => <Time at={at} />,
  },
];

/** Conversations, newest first, of everybody or of one user. */
export function ConversationsPage() {
  const { user } = useSearch({ from: '/conversations' });
  const navigate = useNavigate();
  const conversations = usePages(conversationPages(user));
  return (
    <Page
      title="Conversations"
      isFull
      actions={
        <form
          role="search"
          className="row"
          onSubmit={(event) => {
            const wanted = formText(event, 'user');
            void navigate({ to: '/conversations', search: wanted === '' ? {} : { user: wanted } });
          }}
        >
          <input
            key={user}
            name="user"
            type="search"
            className="input"
            aria-label="User"
            placeholder="User"
            defaultValue={user}
          />
          <button type="submit" className="button">
            <Icon name="filter" /> Filter
          </button>
        </form>
      }
    >
      <Loaded query={conversations}>
        {(data) =>
          data.length === 0 ? (
            <Empty icon="chat" title="There are no conversations">
              <p>Each job begins one, or goes on with one.</p>
            </Empty>
          ) : (
            <PagedTable label="Conversations" columns={columns} pages={conversations} />
          )
        }
      </Loaded>
    </Page>
  );
}
