import type { Approval, Job } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { useEffect, useMemo, useRef, useState } from 'react';
import { approvalPages, waitingJobPages } from '../../api/approvals.ts';
import { type Pages, usePages } from '../../api/pages.ts';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { ShowMore } from '../../components/show-more.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Time } from '../../components/time.tsx';
import { useShortcuts } from '../../layout/shortcuts.tsx';
import { useMay } from '../../session/session.tsx';
import { oneLine, plainText } from '../../text/plain-text.ts';
import { ApprovalView } from './approval-view.tsx';
import styles from './inbox-page.module.css';
import { titleOfInput } from './readable-input.tsx';

/** Everything that waits for a person. */
export function InboxPage() {
  const approvals = usePages(approvalPages);
  const mayRead = useMay('jobs:read');
  const waiting = usePages(waitingJobPages, { enabled: mayRead });
  return (
    <Page title="Inbox" isFull>
      <Loaded query={approvals}>
        {(pending) => <Inbox pending={pending} approvals={approvals} waiting={waiting} />}
      </Loaded>
    </Page>
  );
}

/** Nobody reads a call that came up by itself in less. Milliseconds. */
const unreadTime = 600;

function Inbox({
  pending,
  approvals,
  waiting,
}: {
  readonly pending: readonly Approval[];
  readonly approvals: Pages<Approval>;
  readonly waiting: Pages<Job>;
}) {
  const accounts = (waiting.data ?? []).filter(
    ({ required_action: action }) => action?.type === 'connect_account',
  );
  const [chosen, setChosen] = useState<string>();
  /** What somebody looks at stays in sight, though it is decided elsewhere meanwhile. */
  const seen = useRef<Approval>(undefined);
  const list = useRef<HTMLUListElement>(null);
  const current = useMemo(() => {
    const found = pending.find(({ id }) => id === chosen);
    if (found !== undefined) return found;
    return seen.current?.id === chosen && chosen !== undefined ? seen.current : pending[0];
  }, [pending, chosen]);
  useEffect(() => {
    seen.current = current;
    if (chosen === undefined && current !== undefined) setChosen(current.id);
  }, [current, chosen]);
  /** When the next one came up by itself; 0 where somebody chose it. */
  const cameUpAt = useRef(0);
  const choose = (id: string) => {
    cameUpAt.current = 0;
    setChosen(id);
  };
  const move = (by: number) => {
    const place = pending.findIndex(({ id }) => id === current?.id);
    const next = pending[Math.min(Math.max(place + by, 0), pending.length - 1)];
    if (next === undefined) return;
    choose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-id="${CSS.escape(next.id)}"]`)?.focus();
  };
  useShortcuts({ j: () => move(1), k: () => move(-1) });
  if (current === undefined && accounts.length === 0) {
    return (
      <Empty icon="inbox" title="Nothing waits for you">
        <p>
          Calls that need an approval, outcomes that nobody knows and accounts to connect show up
          here.
        </p>
      </Empty>
    );
  }
  return (
    <div className={styles['split']}>
      <div className={styles['list']}>
        {pending.length > 0 && (
          <ul ref={list} aria-label="Waiting for a decision">
            {pending.map((approval) => (
              <li key={approval.id}>
                <button
                  type="button"
                  className={styles['item']}
                  data-id={approval.id}
                  aria-current={approval.id === current?.id ? 'true' : undefined}
                  onClick={() => choose(approval.id)}
                >
                  <Entry approval={approval} />
                </button>
              </li>
            ))}
          </ul>
        )}
        <ShowMore pages={approvals} />
        {(accounts.length > 0 || waiting.hasMore) && <Accounts jobs={accounts} waiting={waiting} />}
      </div>
      <section className={styles['detail']} aria-label="Decision">
        {current === undefined ? (
          <Empty icon="check" title="Nothing is left to decide" />
        ) : (
          <ApprovalView
            key={current.id}
            approval={current}
            isPending={pending.some(({ id }) => id === current.id)}
            isUnread={() => performance.now() - cameUpAt.current < unreadTime}
            onDecided={() => {
              cameUpAt.current = performance.now();
              const place = pending.findIndex(({ id }) => id === current.id);
              setChosen((pending[place + 1] ?? pending[place - 1])?.id);
            }}
          />
        )}
      </section>
    </div>
  );
}

function Entry({ approval }: { readonly approval: Approval }) {
  const isUnknown = approval.type === 'resolve_tool_outcome';
  return (
    <>
      <span className="row">
        <span className={isUnknown ? 'chip amber' : 'chip violet'}>
          {isUnknown ? 'Outcome unknown' : 'Approval'}
        </span>
        <span className="grow" />
        <Time at={approval.created_at} />
      </span>
      <strong className="truncate">
        <bdi>{titleOfInput(approval) ?? approval.tool}</bdi>
      </strong>
      <span className="muted truncate">
        <code>{approval.tool}</code> for <bdi>{plainText(approval.user)}</bdi>
      </span>
    </>
  );
}

function Accounts({
  jobs,
  waiting,
}: {
  readonly jobs: readonly Job[];
  readonly waiting: Pages<Job>;
}) {
  return (
    <section aria-labelledby="accounts">
      <h2 id="accounts" className={styles['group']}>
        Accounts to connect
      </h2>
      <ul>
        {jobs.map((job) => {
          const action = job.required_action;
          if (action?.type !== 'connect_account') return null;
          return (
            <li key={job.id} className={styles['account']}>
              <span className="row">
                <Icon name="link" />
                <strong className="truncate grow">{action.connection}</strong>
                <a className="button small" href={action.url} target="_blank" rel="noreferrer">
                  Open the link<span className="visually-hidden"> for {job.user}</span>
                </a>
              </span>
              <span className="muted truncate">
                for <bdi>{plainText(job.user)}</bdi>, asked by{' '}
                <Link to="/jobs/$id" params={{ id: job.id }}>
                  <bdi>{oneLine(job.prompt, 60)}</bdi>
                </Link>
              </span>
            </li>
          );
        })}
      </ul>
      <ShowMore pages={waiting} />
    </section>
  );
}
