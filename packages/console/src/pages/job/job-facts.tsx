import type { Job } from '@pawl/client';
import { Link } from '@tanstack/react-router';
import { CopyButton } from '../../components/copy-button.tsx';
import { Duration, ExactTime, Time } from '../../components/time.tsx';
import { formatCost, formatDayAndClock, formatNumber } from '../../text/format.ts';
import { plainText } from '../../text/plain-text.ts';
import styles from './job-page.module.css';

/** What is known of a job at a glance. */
export function JobFacts({ job }: { readonly job: Job }) {
  const { usage, limits } = job;
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
            <bdi>{plainText(job.user)}</bdi>
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
        <Meter label="Turns" value={job.turns} most={limits.turns} format={formatNumber} />
        <Meter
          label="Tool calls"
          value={usage.tool_calls}
          most={limits.tool_calls}
          format={formatNumber}
        />
        <Meter
          label="Tokens"
          value={usage.input_tokens + usage.output_tokens}
          most={limits.tokens}
          format={formatNumber}
          detail={`${formatNumber(usage.input_tokens)} in, ${formatNumber(usage.output_tokens)} out`}
        />
        <Meter label="Cost" value={usage.cost_usd} most={limits.cost_usd} format={formatCost} />
      </dl>
      {metadata.length > 0 && (
        <dl className="facts">
          {metadata.map(([name, value]) => (
            <div key={name} style={{ display: 'contents' }}>
              <dt>
                <bdi>{plainText(name)}</bdi>
              </dt>
              <dd>
                <Link to="/jobs" search={{ metadata: `${name}=${value}` }}>
                  <bdi>{plainText(value)}</bdi>
                </Link>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </aside>
  );
}

/** What was used up, of how much where there is a limit. */
function Meter({
  label,
  value,
  most,
  format,
  detail,
}: {
  readonly label: string;
  readonly value: number;
  readonly most: number | null;
  readonly format: (value: number) => string;
  readonly detail?: string;
}) {
  return (
    <>
      <dt>{label}</dt>
      <dd className="numbers">
        {format(value)}
        {most !== null && <span className="muted"> of {format(most)}</span>}
        {detail !== undefined && <span className={styles['detail']}>{detail}</span>}
        {most !== null && (
          <span className={styles['meter']} aria-hidden="true">
            <span
              data-full={value >= most || undefined}
              style={{ width: `${Math.min(100, (value / Math.max(most, 1e-9)) * 100)}%` }}
            />
          </span>
        )}
      </dd>
    </>
  );
}
