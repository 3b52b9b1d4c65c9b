import type { Job } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { CopyButton } from '../../components/copy-button.tsx';
import { Duration, ExactTime, Time } from '../../components/time.tsx';
import { formatCost, formatDayAndClock, formatNumber } from '../../text/format.ts';
import styles from './job-page.module.css';

/** What is known of a job at a glance. */
export function JobFacts({ job }: { readonly job: Job }) {
  const { usage } = job;
  const metadata = Object.entries(job.metadata);
  return (
    <aside className={styles['facts']} aria-label="Facts about the job">
      <dl className="facts">
        <dt>Job</dt>
        <dd className="row">
          <code className="truncate">{job.id}</code>
          <CopyButton text={job.id} label="Copy the id" isBare />
        </dd>
        <dt>User</dt>
        <dd>
          <Link to="/jobs" search={{ user: job.user }}>
            <bdi>{job.user}</bdi>
          </Link>
        </dd>
        <dt>Agent</dt>
        <dd>
          {job.agent === null ? (
            <span className="muted">–</span>
          ) : (
            <Link to="/agents/$name" params={{ name: job.agent.name }}>
              {job.agent.name} <span className="muted">{job.agent.version.slice(0, 8)}</span>
            </Link>
          )}
        </dd>
        <dt>Model</dt>
        <dd>{job.model}</dd>
        <dt>Connections</dt>
        <dd>
          {job.connections.length === 0 ? (
            <span className="muted">–</span>
          ) : (
            job.connections.join(', ')
          )}
        </dd>
        <dt>Conversation</dt>
        <dd>
          <Link to="/conversations/$id" params={{ id: job.conversation }} className="mono">
            {job.conversation}
          </Link>
        </dd>
        {job.schedule !== null && (
          <>
            <dt>Schedule</dt>
            <dd>
              <Link to="/schedules/$id" params={{ id: job.schedule }} className="mono">
                {job.schedule}
              </Link>
            </dd>
          </>
        )}
      </dl>
      <dl className="facts">
        <dt>Created</dt>
        <dd>
          <ExactTime at={job.created_at} format={formatDayAndClock} />
        </dd>
        <dt>Took</dt>
        <dd>
          <Duration from={job.started_at} to={job.finished_at} />
        </dd>
        {job.finished_at === null && (
          <>
            <dt>Expires</dt>
            <dd>
              <Time at={job.expires_at} />
            </dd>
          </>
        )}
      </dl>
      <dl className="facts">
        <dt>Turns</dt>
        <dd>{formatNumber(job.turns)}</dd>
        <dt>Tool calls</dt>
        <dd>{formatNumber(usage.tool_calls)}</dd>
        <dt>Tokens</dt>
        <dd className="numbers">
          {formatNumber(usage.input_tokens + usage.output_tokens)}{' '}
          <span className="muted">
            ({formatNumber(usage.input_tokens)} in, {formatNumber(usage.output_tokens)} out)
          </span>
        </dd>
        <dt>Cost</dt>
        <dd>{formatCost(usage.cost_usd)}</dd>
      </dl>
      {metadata.length > 0 && (
        <dl className="facts">
          {metadata.map(([name, value]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>
                <bdi>{name}</bdi>
              </dt>
              <dd>
                <Link to="/jobs" search={{ metadata: `${name}=${value}` }}>
                  <bdi>{value}</bdi>
                </Link>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </aside>
  );
}
