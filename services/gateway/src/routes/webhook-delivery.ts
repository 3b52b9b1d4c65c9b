import { type WebhookDeliveryDetail, WebhookEvent } from '@pawl/contracts';
import { deliveryView, replay } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput } from '../http/mount.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { findDelivery } from './find.ts';

/** `GET /v1/webhook-deliveries/{id}`, with what is sent. */
export function readWebhookDelivery(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const delivery = await findDelivery(gateway, { id: request.params['id'], tenant });
    const body = await gateway.engine.store.readDeliveryBody(delivery.id);
    const detail: WebhookDeliveryDetail = {
      ...deliveryView(delivery),
      body: WebhookEvent.parse(JSON.parse(body)),
    };
    response.json(detail);
  });
}

/** `POST /v1/webhook-deliveries/{id}/replay`: sends the same body under the same webhook-id again, now. */
export function replayWebhookDelivery(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const { id } = await findDelivery(gateway, { id: request.params['id'], tenant });
    const outcome = await replay(gateway.engine, id);
    switch (outcome.kind) {
      case 'replayed':
        response.status(202).json(deliveryView(outcome.delivery));
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
