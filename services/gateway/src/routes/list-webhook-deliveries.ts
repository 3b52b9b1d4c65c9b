import { JobId, type WebhookDeliveryList, WebhookDeliveryStatus } from '@pawl/contracts';
import { deliveryView } from '@pawl/engine';
import { type DeliveryFilter, type DeliveryPage, InvalidCursorError } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidCursor, wholeNumber } from '../http/query.ts';
import { findJobState } from './find.ts';

export const ListWebhookDeliveriesQuery = z.strictObject({
  job: JobId.optional(),
  status: WebhookDeliveryStatus.optional(),
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/webhook-deliveries`: the log of what was sent, newest first. */
export function listWebhookDeliveries(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListWebhookDeliveriesQuery, request.query);
    if (query.job !== undefined) await findJobState(gateway, { id: query.job, tenant, response });
    const { deliveries, nextCursor } = await readPage(gateway, { ...query, tenant });
    const list: WebhookDeliveryList = {
      object: 'list',
      data: deliveries.map(deliveryView),
      next_cursor: nextCursor,
    };
    response.json(list);
  };
}

async function readPage(
  { engine: { store } }: Gateway,
  filter: DeliveryFilter,
): Promise<DeliveryPage> {
  try {
    return await store.listDeliveries(filter);
  } catch (error) {
    throw error instanceof InvalidCursorError ? invalidCursor() : error;
  }
}
