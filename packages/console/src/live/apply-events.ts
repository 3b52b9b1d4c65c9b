import type { QueryClient, QueryKey } from '@tanstack/react-query';
import { isLong } from '../api/pages.ts';
import { listenToAllJobs, liveState } from './live-events.ts';
import { paced } from './paced.ts';
import type { ServerEvent } from './read-events.ts';

const quiet = 300;
const pollInterval = 5_000;

/** What a person has to do may have changed. */
const callsForPeople =
  /^job\.(requires_action|resumed|completed|incomplete|failed|cancelled|expired)$/;

/**
 * Reads anew what events say has changed: not at each of them, but once they pause or a moment has passed. While no
 * events come, everything that is shown is read every few seconds.
 */
export function applyEvents(client: QueryClient): () => void {
  const jobs = new Set<string>();
  let people = false;
  const { soon, stop } = paced(() => {
    const keys: QueryKey[] = [...jobs].map((job) => ['job', job]);
    keys.push(['jobs'], ['conversations']);
    if (people) keys.push(['approvals'], ['schedules'], ['deliveries']);
    jobs.clear();
    people = false;
    return Promise.all(keys.map((key) => readAgain(client, key)));
  }, quiet);
  const onEvent = ({ type, data }: ServerEvent) => {
    if (type === 'stream.trimmed') void readAgain(client);
    const job = jobOf(data);
    if (job === undefined) return;
    jobs.add(job);
    people ||= callsForPeople.test(type);
    soon();
  };
  const stopListening = listenToAllJobs(onEvent);
  const poll = setInterval(() => {
    if (liveState.get() !== 'live' && !document.hidden) void readAgain(client);
  }, pollInterval);
  return () => {
    stopListening();
    stop();
    clearInterval(poll);
  };
}

/** All that a key names, but for lists that are too long for that: those wait until somebody comes back to them. */
async function readAgain(client: QueryClient, queryKey: QueryKey = []): Promise<void> {
  void client.invalidateQueries({ queryKey, predicate: isLong, refetchType: 'none' });
  await client.invalidateQueries({ queryKey, predicate: (query) => !isLong(query) });
}

function jobOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('job' in data)) return undefined;
  return typeof data.job === 'string' ? data.job : undefined;
}
