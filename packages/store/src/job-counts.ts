import { type JobState, shardOfId } from '@pawl/contracts';
import { awaitedPlace, requiredActionOf, statusOf } from '@pawl/engine';
import type { RedisConnection } from '@pawl/runtime';
import type { IndexSettings } from './indexes.ts';
import type { Keys } from './keys.ts';
import type { WriteBatch } from './write-batch.ts';

/** What a job waits for that stands still. */
type WaitCause = 'start' | 'conversation' | 'place' | 'account' | 'approval';

/** Jobs of all tenants. */
export interface JobNumbers {
  readonly byStatus: Readonly<Record<string, number>>;
  readonly byCause: Readonly<Record<WaitCause, number>>;
}

/** The name under which a job is counted: its status, then a colon and what it waits for. */
function countedAs(job: JobState): string {
  const cause = causeOf(job);
  return cause === undefined ? statusOf(job) : `${statusOf(job)}:${cause}`;
}

function causeOf(job: JobState): WaitCause | undefined {
  const { phase } = job;
  switch (phase.name) {
    case 'scheduled':
      return 'start';
    case 'lined':
      return 'conversation';
    case 'turn':
      if (phase.step.status === 'blocked') return 'account';
      return awaitedPlace(job) === undefined ? undefined : 'place';
    case 'calls': {
      const action = requiredActionOf(job);
      if (action === null) return undefined;
      return action.type === 'connect_account' ? 'account' : 'approval';
    }
    case 'ended':
      return undefined;
  }
}

/** Counts a job where it stands now, if that has changed. */
export function writeCount(
  batch: WriteBatch,
  { before, after }: { readonly before: JobState | null; readonly after: JobState },
  { keys }: IndexSettings,
): void {
  const name = countedAs(after);
  if (before !== null && countedAs(before) === name) return;
  batch.countAs(keys.job(after.id), keys.jobCounts(shardOfId(after.id)), name);
}

const waitCauses: readonly WaitCause[] = ['start', 'conversation', 'place', 'account', 'approval'];

/** How many jobs are kept, in one read of each shard. */
export function createJobNumbers(redis: RedisConnection, keys: Keys, shards: number) {
  return {
    async countJobs(): Promise<JobNumbers> {
      const all = Array.from({ length: shards }, (_, shard) =>
        redis.hgetall(keys.jobCounts(shard)),
      );
      const byStatus: Record<string, number> = {};
      const byCause = Object.fromEntries(waitCauses.map((cause) => [cause, 0]));
      for (const counts of await Promise.all(all)) {
        for (const [name, count] of Object.entries(counts)) {
          const [status = '', cause] = name.split(':');
          byStatus[status] = (byStatus[status] ?? 0) + Number(count);
          if (cause !== undefined) byCause[cause] = (byCause[cause] ?? 0) + Number(count);
        }
      }
      return { byStatus, byCause: byCause as Record<WaitCause, number> };
    },

    /** What has been due for longest of each kind that the sweeper looks at, in milliseconds since 1970. */
    async oldestDue(): Promise<Readonly<Record<string, number | undefined>>> {
      const kinds = {
        jobs: keys.runnable,
        deadlines: keys.deadlines,
        retention: keys.retained,
        webhooks: keys.dueDeliveries,
        conversations: keys.held,
      };
      const entries = Object.entries(kinds).map(async ([kind, keyOf]) => {
        const firsts = await Promise.all(
          Array.from({ length: shards }, (_, shard) =>
            redis.zrange(keyOf(shard), '0', '0', 'WITHSCORES'),
          ),
        );
        const times = firsts.flatMap(([, score]) => (score === undefined ? [] : [Number(score)]));
        return [kind, times.length === 0 ? undefined : Math.min(...times)] as const;
      });
      return Object.fromEntries(await Promise.all(entries));
    },
  };
}
