import type { Commit, JobTransition } from '@pawl/engine';
import { type RedisConnection, redisPrimaries } from '@pawl/runtime';

/**
 * The loss of which commits would lose what a client was told is accepted, or repeat a call that writes: the admission
 * of a job, and the claim of such a call.
 */
export function mustLast({ jobs }: Commit): boolean {
  return jobs.some((write) => write.before === null || startsWriting(write));
}

function startsWriting({ after: { phase }, events }: JobTransition): boolean {
  if (phase.name !== 'calls') return false;
  return events.some(
    (event) => event.type === 'tool_call.started' && phase.calls[event.index]?.effect !== 'reads',
  );
}

/** What was written has reached no replica in time: it may be lost with its server. */
class NotReplicatedError extends Error {
  override readonly name = 'NotReplicatedError';
}

/** Milliseconds. */
const wait = 2_000;
const mostWaits = 5;
const fresh = 2_000;

/**
 * Answers what resolves once a replica has all that the connection has written. Where there is no replica it resolves at
 * once: then the disk has to keep it.
 */
export function createReplicaWait(redis: RedisConnection, now = () => performance.now()) {
  let known: { readonly at: number; readonly replicas: Promise<number[]> } | undefined;

  async function countReplicas(): Promise<number[]> {
    return Promise.all(
      redisPrimaries(redis).map(async (node) => {
        const info = await node.info('replication');
        return Number(/^connected_slaves:(\d+)/m.exec(info)?.[1] ?? 0);
      }),
    );
  }

  function replicas(): Promise<number[]> {
    if (known === undefined || now() - known.at > fresh) {
      const counting = countReplicas();
      counting.catch(() => (known = undefined));
      known = { at: now(), replicas: counting };
    }
    return known.replicas;
  }

  /** @throws NotReplicatedError */
  return async function untilReplicated(): Promise<void> {
    // In a cluster, one of the primaries has it, and the others have nothing to wait for.
    for (let waits = 0; waits < mostWaits; waits += 1) {
      const counts = await replicas();
      const nodes = redisPrimaries(redis).filter((_, place) => (counts[place] ?? 0) > 0);
      const acknowledged = await Promise.all(nodes.map((node) => node.wait(1, wait)));
      if (acknowledged.every((count) => count > 0)) return;
    }
    throw new NotReplicatedError(
      `NOREPLICAS no replica has acknowledged what was written within ${(wait * mostWaits) / 1_000} s`,
    );
  };
}
