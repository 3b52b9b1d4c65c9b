import type { LimitName, ReachedLimit } from '@pawl/contracts';
import { instant, type LimitReached, type LookupFailure } from '@pawl/engine';
import { ProblemError, retryAfter } from './problem.ts';

const what: Readonly<Record<LimitName, string>> = {
  jobs_in_progress: 'jobs in progress',
  jobs_queued: 'queued jobs',
  jobs_per_minute: 'new jobs per minute',
  tokens_per_day: 'tokens per day',
  tokens_per_month: 'tokens per month',
  cost_usd_per_day: 'US dollars per day',
  cost_usd_per_month: 'US dollars per month',
};

/** Seconds after which it is worth asking again where no clock says when there is room. */
const unknownWait = 10;

/** The 429 of a limit that was reached: which one, its value, and when there is room again. */
export function limitProblem(reached: LimitReached, now: number): ProblemError {
  const { scope, name, value, freesAt } = reached;
  const whose = scope === 'tenant' ? 'This tenant' : 'This user';
  const wait = freesAt === undefined ? unknownWait : Math.ceil((freesAt - now) / 1_000);
  const room =
    freesAt === undefined
      ? name === 'jobs_queued'
        ? 'There is room once some of them have started.'
        : 'It stays so until the limit is raised.'
      : `There is room again at ${instant(freesAt)}.`;
  const limit: ReachedLimit = {
    scope,
    name,
    value,
    frees_at: freesAt === undefined ? null : instant(freesAt),
  };
  return new ProblemError(
    'limit_reached',
    `${whose} has reached its limit of ${value} ${what[name]} (${name}). ${room}`,
    { headers: { 'Retry-After': String(Math.max(1, wait)) }, limit },
  );
}

/** What a client is told where a source of tools could not be asked. */
export function lookupProblem({ kind, failure }: LookupFailure): ProblemError {
  return kind === 'fatal'
    ? new ProblemError('scalekit_failed', failure.message)
    : new ProblemError('scalekit_unavailable', failure.message, {
        headers: { 'Retry-After': retryAfter },
      });
}
