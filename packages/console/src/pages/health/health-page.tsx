import type { Health } from '@pawl/client';
import { PawlApiError } from '@pawl/client';
import { useQuery } from '@tanstack/react-query';
import { healthQuery } from '../../api/definitions.ts';
import { Icon } from '../../components/icon.tsx';
import { Page } from '../../components/page.tsx';
import { Empty, Loaded } from '../../components/states.tsx';
import { Dot, jobStatusLabel } from '../../components/status-badge.tsx';
import { Time } from '../../components/time.tsx';
import { formatBytes, formatDuration, formatNumber } from '../../text/format.ts';
import styles from './health-page.module.css';

const words: Readonly<Record<Health['status'], readonly [tone: string, label: string]>> = {
  ready: ['green', 'Everything is as it should be'],
  degraded: ['amber', 'It works, and something is not as it should be'],
  not_ready: ['red', 'It does not work'],
};

/** How the whole installation stands: for its operator. */
export function HealthPage() {
  const query = useQuery(healthQuery);
  if (query.error instanceof PawlApiError && query.error.code === 'operators_only') {
    return (
      <Page title="Health">
        <Empty icon="pulse" title="This is for the operator">
          <p>{query.error.detail}</p>
        </Empty>
      </Page>
    );
  }
  return (
    <Page title="Health">
      <Loaded query={query}>{(health) => <Shown health={health} />}</Loaded>
    </Page>
  );
}

function Shown({ health }: { readonly health: Health }) {
  const [tone, label] = words[health.status];
  return (
    <div className="stack">
      <div className="row">
        <Dot tone={tone}>{label}</Dot>
      </div>
      {health.problems.map((problem) => (
        <p key={problem} className="notice amber">
          <Icon name="warning" /> {problem}
        </p>
      ))}
      <div className={styles['cards']}>
        <Workers workers={health.workers} />
        <Queues queues={health.queues} />
        <Redis redis={health.redis} shards={health.shards} />
        <Sweeper sweeper={health.sweeper} quarantined={health.quarantined_records} />
        <Jobs jobs={health.jobs} />
      </div>
    </div>
  );
}

function Workers({ workers }: Pick<Health, 'workers'>) {
  return (
    <section className="card" aria-labelledby="workers">
      <header>
        <h2 id="workers" className="grow">
          Workers
        </h2>
        <strong className="numbers">{workers.length}</strong>
      </header>
      {workers.length === 0 ? (
        <Empty icon="warning" title="No worker runs">
          <p>Jobs are kept and wait for one.</p>
        </Empty>
      ) : (
        <ul className={styles['rows']}>
          {workers.map(({ id, seen_at: seenAt }) => (
            <li key={id}>
              <code className="truncate grow">{id}</code>
              <span className="muted">
                seen <Time at={seenAt} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Queues({ queues }: Pick<Health, 'queues'>) {
  return (
    <section className="card" aria-labelledby="queues">
      <header>
        <h2 id="queues">Queues</h2>
      </header>
      <div className="scrolls" tabIndex={0} role="region" aria-label="Table of queues">
        <table className="plain">
          <thead>
            <tr>
              <th>Queue</th>
              <th>Waiting</th>
              <th>Active</th>
              <th>Delayed</th>
              <th>Parked</th>
              <th>Oldest</th>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <tr key={queue.name}>
                <th scope="row">{queue.name}</th>
                <td>{formatNumber(queue.waiting)}</td>
                <td>{formatNumber(queue.active)}</td>
                <td>{formatNumber(queue.delayed)}</td>
                <td>{formatNumber(queue.parked)}</td>
                <td>{formatDuration(queue.oldest_task_age_seconds * 1_000)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Redis({ redis, shards }: Pick<Health, 'redis' | 'shards'>) {
  const isRight = redis.maxmemory_policy === 'noeviction';
  return (
    <section className="card" aria-labelledby="redis">
      <header>
        <h2 id="redis" className="grow">
          Redis
        </h2>
        <span className="muted">
          {redis.version} · {shards === 1 ? 'one shard' : `${shards} shards`}
        </span>
      </header>
      <ul className={styles['rows']}>
        <li>
          <span className="grow">When its memory is full</span>
          <Dot tone={isRight ? 'green' : 'red'}>{redis.maxmemory_policy}</Dot>
        </li>
        {redis.nodes.map((node) => (
          <li key={node.node}>
            <code className="truncate grow">{node.node}</code>
            <span className="numbers">
              {formatBytes(node.memory_used_bytes)}
              <span className="muted">
                {' '}
                of{' '}
                {node.memory_limit_bytes === null
                  ? 'no limit'
                  : formatBytes(node.memory_limit_bytes)}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sweeper({
  sweeper,
  quarantined,
}: {
  readonly sweeper: Health['sweeper'];
  readonly quarantined: number;
}) {
  return (
    <section className="card" aria-labelledby="sweeper">
      <header>
        <h2 id="sweeper">Sweeper</h2>
      </header>
      <ul className={styles['rows']}>
        {sweeper.handled.map(({ part, count, last_at: lastAt }) => (
          <li key={part}>
            <span className="grow">{part.replaceAll('_', ' ')} handled</span>
            <strong className="numbers">{formatNumber(count)}</strong>
            <span className="muted">
              last <Time at={lastAt} />
            </span>
          </li>
        ))}
        {Object.entries(sweeper.overdue_seconds).map(([kind, seconds]) => (
          <li key={kind}>
            <span className="grow">{kind.replaceAll('_', ' ')} overdue</span>
            <Dot tone={seconds > 30 ? 'red' : 'green'}>{formatDuration(seconds * 1_000)}</Dot>
          </li>
        ))}
        <li>
          <span className="grow">Records that cannot be read</span>
          <Dot tone={quarantined > 0 ? 'amber' : 'green'}>{formatNumber(quarantined)}</Dot>
        </li>
      </ul>
    </section>
  );
}

function Jobs({ jobs }: Pick<Health, 'jobs'>) {
  return (
    <section className="card" aria-labelledby="kept">
      <header>
        <h2 id="kept">Jobs that are kept</h2>
      </header>
      <ul className={styles['rows']}>
        {Object.entries(jobs.by_status).map(([status, count]) => (
          <li key={status}>
            <span className="grow">{jobStatusLabel(status)}</span>
            <span className="numbers">{formatNumber(count)}</span>
          </li>
        ))}
        {Object.entries(jobs.waiting).map(([reason, count]) => (
          <li key={reason}>
            <span className="grow muted">waiting: {reason.replaceAll('_', ' ')}</span>
            <span className="numbers">{formatNumber(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
