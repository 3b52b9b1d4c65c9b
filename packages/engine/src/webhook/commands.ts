import type { WebhookDelivery, WebhookTask } from '@pawl/contracts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { nothing, type Nothing } from '../commit/next-state.ts';
import type { Wake } from '../domain/task.ts';
import type { DeliveryWrite, WebhookOutcome } from '../domain/webhook.ts';
import { recordAttempt } from './attempt.ts';
import { claimDelivery, deliveryWakes, refuseDisabled, replayDelivery } from './delivery.ts';

export type ClaimedDelivery =
  | {
      readonly kind: 'claimed';
      readonly delivery: WebhookDelivery;
      readonly epoch: number;
    }
  | { readonly kind: 'dead'; readonly delivery: WebhookDelivery }
  | { readonly kind: 'early'; readonly at: number }
  | Nothing;

/** Takes a delivery that is due, unless its endpoint wants nothing any more. */
export async function takeDelivery(engine: Engine, task: WebhookTask): Promise<ClaimedDelivery> {
  const { store, rules } = engine;
  for (;;) {
    const before = await store.readDelivery(task.delivery);
    if (before === undefined) return nothing('the delivery does not exist');
    const context = contextOf(engine);
    const { now } = context;
    const claim = claimDelivery(before, task, context);
    if (claim.kind === 'nothing' || claim.kind === 'early') return claim;
    if (claim.kind === 'dead') {
      if (await settle(engine, { before, after: claim.after })) {
        return { kind: 'dead', delivery: claim.after };
      }
      continue;
    }
    if (await store.isEndpointDisabled(before)) {
      const write = refuseDisabled(before, context);
      if (await settle(engine, write)) return { kind: 'dead', delivery: write.after };
      continue;
    }
    const { running, epoch } = claim;
    const leaseUntil = now + rules.webhooks.lease;
    if (await store.commitDelivery({ before, after: running, leaseUntil })) {
      return { kind: 'claimed', delivery: running, epoch };
    }
  }
}

/** Writes what came of an attempt; undefined when another claimant was faster. */
export async function reportAttempt(
  engine: Engine,
  { delivery, epoch }: { delivery: WebhookDelivery; epoch: number },
  outcome: WebhookOutcome,
): Promise<WebhookDelivery | undefined> {
  const decision = recordAttempt(delivery, { epoch, outcome }, contextOf(engine));
  if (decision.kind === 'nothing') return undefined;
  return (await settle(engine, decision.write)) ? decision.write.after : undefined;
}

export type ReplayOutcome =
  | { readonly kind: 'replayed'; readonly delivery: WebhookDelivery }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown_delivery' };

/** Sends a delivery again, whatever became of it. */
export async function replay(engine: Engine, id: string): Promise<ReplayOutcome> {
  for (;;) {
    const before = await engine.store.readDelivery(id);
    if (before === undefined) return { kind: 'unknown_delivery' };
    const decision = replayDelivery(before, contextOf(engine));
    if (decision.kind === 'nothing') return { kind: 'refused', reason: decision.reason };
    const { write } = decision;
    if (await engine.store.commitDelivery(write)) {
      await wake(engine, deliveryWakes(write.after));
      return { kind: 'replayed', delivery: write.after };
    }
  }
}

/** Commit, then wake the delivery's own next attempt. */
async function settle(engine: Engine, write: DeliveryWrite): Promise<boolean> {
  if (!(await engine.store.commitDelivery(write))) return false;
  await wake(engine, deliveryWakes(write.after));
  return true;
}

async function wake(engine: Engine, wakes: readonly Wake[]): Promise<void> {
  if (wakes.length > 0) await engine.queue.wake(wakes).catch(engine.onLostWake);
}
