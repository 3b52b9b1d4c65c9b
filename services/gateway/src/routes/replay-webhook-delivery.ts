import { presentDelivery, replay } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { notFound, ProblemError } from '../http/problem-error.ts';
import { withoutInput } from '../http/without-input.ts';
import { findDelivery } from './find-delivery.ts';

/** `POST /v1/webhook-deliveries/{id}/replay`: sends the same body under the same webhook-id again, now. */
export function replayWebhookDelivery(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const { id } = await findDelivery(gateway, { id: request.params['id'], tenant });
    const outcome = await replay(gateway.engine, id);
    switch (outcome.kind) {
      case 'replayed':
        response.status(202).json(presentDelivery(outcome.delivery));
        return;
      case 'refused':
        throw new ProblemError(
          'delivery_in_progress',
          `Delivery ${id} can't be replayed: ${outcome.reason}.`,
        );
      case 'unknown_delivery':
        throw notFound(`webhook delivery ${id}`);
    }
  });
}
