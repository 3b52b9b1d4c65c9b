import type { Account, Job } from '@pawl/client';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { waitingJobPages } from '../../api/approvals.ts';
import { client } from '../../api/client.ts';
import { accountsQuery, connectionsQuery } from '../../api/definitions.ts';
import { usePages } from '../../api/pages.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { formText } from '../../components/form-text.ts';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ShowMore } from '../../components/show-more.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Dot } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { sayError } from '../../components/toast.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine, plainText } from '../../text/plain-text.ts';
import styles from './accounts-page.module.css';

/** What users have connected, and the jobs that wait for more. */
export function AccountsPage() {
  const { user = '' } = useSearch({ from: '/accounts' });
  const navigate = useNavigate();
  const waiting = usePages(waitingJobPages);
  const jobs = (waiting.data ?? []).filter(
    ({ required_action: action }) => action?.type === 'connect_account',
  );
  return (
    <Page title="Accounts">
      <div className="stack">
        <form
          role="search"
          className={styles['search']}
          onSubmit={(event) => {
            const wanted = formText(event, 'user');
            void navigate({ to: '/accounts', search: wanted === '' ? {} : { user: wanted } });
          }}
        >
          <input
            key={user}
            name="user"
            type="search"
            className="input"
            aria-label="User"
            placeholder="A user, such as user_123"
            defaultValue={user}
          />
          <button type="submit" className="button primary">
            Show their accounts
          </button>
        </form>
        {user !== '' && <AccountsOf user={user} />}
        <section className="card" aria-labelledby="waiting">
          <header>
            <h2 id="waiting">Jobs that wait for an account</h2>
          </header>
          <Loaded query={waiting}>
            {() => <Waiting jobs={jobs} mayBeMore={waiting.hasMore} />}
          </Loaded>
          <ShowMore pages={waiting} />
        </section>
      </div>
    </Page>
  );
}

const tones: Readonly<Record<Account['status'], readonly [tone: string, label: string]>> = {
  active: ['green', 'Active'],
  expired: ['red', 'Expired'],
  pending: ['amber', 'Pending'],
  pending_verification: ['amber', 'To be verified'],
  disconnected: ['gray', 'Disconnected'],
};

function AccountsOf({ user }: { readonly user: string }) {
  const query = useQuery(accountsQuery(user));
  const connections = useQuery(connectionsQuery);
  return (
    <section className="card" aria-labelledby="accounts">
      <header>
        <h2 id="accounts">
          Accounts of <bdi>{plainText(user)}</bdi>
        </h2>
      </header>
      <Loaded query={query}>
        {({ data }) => {
          const known = new Set(data.map(({ connection }) => connection));
          const others = (connections.data?.data ?? []).filter(
            ({ name, type }) => type === 'scalekit' && !known.has(name),
          );
          if (data.length === 0 && others.length === 0) {
            return <Empty icon="link" title="No accounts" />;
          }
          return (
            <ul className={styles['accounts']}>
              {data.map((account) => (
                <li key={account.connection}>
                  <strong>{account.connection}</strong>
                  <Dot tone={tones[account.status][0]}>{tones[account.status][1]}</Dot>
                  <Time at={account.updated_at} />
                  <Connect
                    user={user}
                    connection={account.connection}
                    action={account.status === 'active' ? 'Reconnect' : 'Connect'}
                  />
                </li>
              ))}
              {others.map(({ name }) => (
                <li key={name}>
                  <strong>{name}</strong>
                  <Dot tone="gray">Not connected</Dot>
                  <span className="muted">–</span>
                  <Connect user={user} connection={name} action="Connect" />
                </li>
              ))}
            </ul>
          );
        }}
      </Loaded>
    </section>
  );
}

/** Makes a link, which is the user's alone: it is shown to be sent, and not opened here. */
function Connect({
  user,
  connection,
  action,
}: {
  readonly user: string;
  readonly connection: string;
  readonly action: string;
}) {
  const mayWrite = useMay('jobs:write');
  const [url, setUrl] = useState<string>();
  if (!mayWrite) return null;
  if (url !== undefined) {
    return (
      <span className="row">
        <CopyButton text={url} label="Copy the link" />
        <a className="button small" href={url} target="_blank" rel="noreferrer">
          Open it
        </a>
      </span>
    );
  }
  return (
    <button
      type="button"
      className="button small"
      onClick={() =>
        void client.accounts.link({ user, connection }).then((link) => setUrl(link.url), sayError)
      }
    >
      <Icon name="link" size={14} /> {action}
      <span className="visually-hidden"> {connection}</span>
    </button>
  );
}

function Waiting({
  jobs,
  mayBeMore,
}: {
  readonly jobs: readonly Job[];
  readonly mayBeMore: boolean;
}) {
  if (jobs.length === 0) {
    const title = mayBeMore ? 'None of the newest waits for one' : 'No job waits for an account';
    return <Empty icon="check" title={title} />;
  }
  return (
    <ul className={styles['accounts']}>
      {jobs.map((job) => {
        const action = job.required_action;
        if (action?.type !== 'connect_account') return null;
        return (
          <li key={job.id}>
            <strong>{action.connection}</strong>
            <Link to="/accounts" search={{ user: job.user }}>
              <bdi>{plainText(job.user)}</bdi>
            </Link>
            <Link to="/jobs/$id" params={{ id: job.id }} className="truncate">
              <bdi>{oneLine(job.prompt, 100)}</bdi>
            </Link>
            <a className="button small" href={action.url} target="_blank" rel="noreferrer">
              Open the link<span className="visually-hidden"> for {job.user}</span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
