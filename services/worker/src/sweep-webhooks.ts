import { overdueWakes, passSlots, type Wake } from '@pawl/engine';
import type { SweepDependencies } from './sweep.ts';

/** How much one sweep of a shard looks at: what is left over comes first the next time. */
const batch = 1_000;

/**
 * Heals what a death left undone of a shard's webhooks: wakes that were lost, and slots of endpoints whose holder never
 * came back; and erases what was kept long enough.
 */
export async function sweepWebhooks(
  { engine, store, log, interval }: SweepDependencies,
  shard: number,
  now: number,
): Promise<void> {
  const each = async (ids: readonly string[], heal: (id: string) => Promise<unknown>) => {
    await Promise.all(
      ids.map((id) =>
        heal(id).catch((error: unknown) => log.error({ id, err: error }, 'could not be swept')),
      ),
    );
  };
  const due = await store.deliveriesDue(shard, now - interval, batch);
  const wakes: Wake[] = [];
  await each(due, async (id) => {
    const delivery = await store.readDelivery(id);
    if (delivery === undefined) await store.eraseDelivery(id);
    else wakes.push(...overdueWakes(delivery));
  });
  if (wakes.length > 0) await engine.queue.wake(wakes);
  await store.postponeDeliveries(shard, due, now);
  await each(await store.endpointsDue(shard, now, batch), (endpoint) =>
    passSlots(engine, { shard, endpoint }),
  );
  await each(await store.deliveriesToErase(shard, now, batch), (id) => store.eraseDelivery(id));
}
