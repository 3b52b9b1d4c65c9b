import { presentDelivery } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput } from '../http/without-input.ts';
import { findDelivery } from './find-delivery.ts';

/** `GET /v1/webhook-deliveries/{id}`. */
export function readWebhookDelivery(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    response.json(
      presentDelivery(await findDelivery(gateway, { id: request.params['id'], tenant })),
    );
  });
}
