import { ExactTime } from '../../components/time.tsx';
import { Empty, Loading } from '../../components/states.tsx';
import { formatClock } from '../../text/format.ts';
import styles from './job-page.module.css';
import type { LoggedEvent } from './use-job-events.ts';

const common = new Set([
  'id',
  'object',
  'type',
  'job',
  'user',
  'conversation',
  'schedule',
  'agent',
  'created_at',
  'data',
]);
/** The newest ones; the API keeps about twice as many. */
const mostShown = 1_000;

/** Everything that happened to the job, newest first. */
export function JobLog({
  events,
  hasEnded,
}: {
  readonly events: readonly LoggedEvent[];
  readonly hasEnded: boolean;
}) {
  if (events.length === 0)
    return hasEnded ? <Empty icon="pulse" title="No events are kept" /> : <Loading />;
  return (
    <ol className={styles['log']}>
      {events
        .slice(-mostShown)
        .toReversed()
        .map((event) => (
          <li key={event.id}>
            <ExactTime at={event.created_at} format={formatClock} />
            <code>{event.type}</code>
            <span className="muted">{detailsOf(event)}</span>
          </li>
        ))}
    </ol>
  );
}

function detailsOf(event: LoggedEvent): string {
  return Object.entries(event)
    .filter(([name]) => !common.has(name))
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(' · ');
}
