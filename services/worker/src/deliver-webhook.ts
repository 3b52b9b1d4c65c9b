import type { WebhookDelivery, WebhookTask } from '@pawl/contracts';
import { reportAttempt, takeDelivery, type WebhookOutcome } from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import { inDelivery } from '@pawl/telemetry';
import { EncryptionKeyMissingError, SecretUnreadableError } from '@pawl/store';
import { afterClaim, type WorkerDependencies } from './worker.ts';

const done: Handled = { kind: 'done' };

/**
 * One attempt at a webhook: claim it, send, write what came of it. A death in between sends it again,
 * under the same webhook-id.
 */
export async function deliverWebhook(
  worker: WorkerDependencies,
  task: WebhookTask,
  controller: AbortController,
): Promise<Handled> {
  const { engine, log } = worker;
  const taken = await takeDelivery(engine, task);
  switch (taken.kind) {
    case 'claimed':
      await inDelivery(worker.tracing, taken.delivery, () =>
        attempt(afterClaim(worker), taken, controller),
      );
      return done;
    case 'early':
      return { kind: 'later', at: taken.at };
    case 'dead':
      warnOfDeath(worker, taken.delivery);
      return done;
    case 'nothing':
      log.debug({ delivery: task.delivery, reason: taken.reason }, 'stale task');
      return done;
  }
}

async function attempt(
  worker: WorkerDependencies,
  claim: { delivery: WebhookDelivery; epoch: number },
  controller: AbortController,
): Promise<void> {
  const { engine, webhooks, runningCalls, log } = worker;
  const { delivery, epoch } = claim;
  const startedAt = engine.now();
  const name = `${delivery.id} ${epoch}`;
  const send = async (signal: AbortSignal): Promise<WebhookOutcome> => {
    const [body, secrets] = await Promise.all([
      engine.store.readDeliveryBody(delivery.id),
      readSecrets(worker, delivery, startedAt),
    ]);
    if ('error' in secrets) return { kind: 'failed', error: secrets.error };
    const { url, event } = delivery;
    return webhooks.client.send({ url, event, body, secrets }, signal);
  };
  const outcome = await runningCalls.run(name, send, { controller });
  const after = await reportAttempt(engine, claim, outcome);
  log.info(
    {
      ...namesOf(delivery),
      attempt: delivery.attempts + 1,
      outcome: outcome.kind,
      milliseconds: engine.now() - startedAt,
      ...('status' in outcome ? { responseCode: outcome.status } : {}),
      ...(outcome.kind === 'failed' ? { code: outcome.error.code } : {}),
    },
    after === undefined ? 'webhook attempt superseded' : 'webhook attempted',
  );
  if (after?.phase.status === 'dead') warnOfDeath(worker, after);
}

/** A secret that cannot be had fails the attempt, where its owner can see it. */
async function readSecrets(
  { webhooks, log }: WorkerDependencies,
  { tenant }: WebhookDelivery,
  now: number,
): Promise<readonly string[] | { readonly error: { code: string; message: string } }> {
  try {
    return await webhooks.secrets.secretsOf(tenant, now);
  } catch (error) {
    if (!(error instanceof SecretUnreadableError || error instanceof EncryptionKeyMissingError)) {
      throw error;
    }
    log.error({ err: error, tenant }, 'webhooks cannot be signed');
    const message = 'The stored secret cannot be read: the operator has to look.';
    return { error: { code: 'not_signed', message } };
  }
}

function warnOfDeath({ log }: WorkerDependencies, delivery: WebhookDelivery): void {
  const { phase, attempts } = delivery;
  const reason = phase.status === 'dead' ? phase.reason : undefined;
  log.warn({ ...namesOf(delivery), attempts, reason }, 'webhook given up: it can be replayed');
}

/** No more of the URL than its host: paths and queries may be secret. */
function namesOf({ id, event, type, job, url }: WebhookDelivery) {
  return { delivery: id, event, type, job, host: new URL(url).host };
}
