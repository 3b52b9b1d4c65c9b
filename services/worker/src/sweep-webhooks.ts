import { overdueWakes, type Wake } from '@pawl/engine';
import { parkedIn, parkedRest } from './parked.ts';
import { dealWithUnreadable } from './unreadable.ts';
import type { SweepDependencies } from './worker.ts';

/** How much one sweep of a shard looks at: what is left over comes first the next time. */
const batch = 1_000;

/**
 * Heals what a death left undone of a shard's webhooks, wakes that were lost and attempts that never ended. Answers how many it has looked at.
 */
export async function sweepWebhooks(
  sweeper: SweepDependencies,
  shard: number,
  now: number,
): Promise<number> {
  const { engine, log, interval } = sweeper;
  const { store } = engine;
  const each = async (ids: readonly string[], heal: (id: string) => Promise<unknown>) => {
    await Promise.all(
      ids.map((id) =>
        heal(id).catch(async (error: unknown) => {
          const unreadable = await dealWithUnreadable(sweeper, id, error).catch(() => undefined);
          if (unreadable === undefined) log.error({ id, err: error }, 'could not be swept');
        }),
      ),
    );
  };
  await store.releaseEndpoints(shard);
  const due = await store.deliveriesDue(shard, now - interval, batch);
  const wakes: Wake[] = [];
  await each(due, async (id) => {
    const delivery = await store.readDelivery(id);
    if (delivery === undefined) await store.eraseDelivery(id);
    else wakes.push(...overdueWakes(delivery));
  });
  const parked = parkedIn(await engine.queue.wake(wakes));
  const others = due.filter((id) => !parked.has(id));
  await store.postponeDeliveries(shard, others, now);
  await store.postponeDeliveries(shard, [...parked], now + parkedRest(interval));
  return due.length;
}
