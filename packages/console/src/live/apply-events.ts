import type { QueryClient } from '@tanstack/react-query';
import { listenToAllJobs, liveState } from './live-events.ts';
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
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    for (const job of jobs) void client.invalidateQueries({ queryKey: ['job', job] });
    jobs.clear();
    void client.invalidateQueries({ queryKey: ['jobs'] });
    void client.invalidateQueries({ queryKey: ['conversations'] });
    if (!people) return;
    people = false;
    for (const key of ['approvals', 'schedules', 'deliveries']) {
      void client.invalidateQueries({ queryKey: [key] });
    }
  };
  const onEvent = ({ type, data }: ServerEvent) => {
    if (type === 'stream.trimmed') void client.invalidateQueries();
    const job = jobOf(data);
    if (job === undefined) return;
    jobs.add(job);
    people ||= callsForPeople.test(type);
    timer ??= setTimeout(flush, quiet);
  };
  const stopListening = listenToAllJobs(onEvent);
  const poll = setInterval(() => {
    if (liveState.get() !== 'live' && !document.hidden) void client.invalidateQueries();
  }, pollInterval);
  return () => {
    stopListening();
    clearTimeout(timer);
    clearInterval(poll);
  };
}

function jobOf(data: unknown): string | undefined {
  if (typeof data !== 'object' || data === null || !('job' in data)) return undefined;
  return typeof data.job === 'string' ? data.job : undefined;
}
