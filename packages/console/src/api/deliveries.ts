import type { WebhookDeliveryList, WebhookDeliveryResource } from '@pawl/contracts';
import { queryOptions } from '@tanstack/react-query';
import { queryOf, request } from './request.ts';

export interface DeliveryFilter {
  readonly job?: string;
  readonly status?: string;
}

export const deliveriesQuery = (filter: DeliveryFilter) =>
  queryOptions({
    queryKey: ['deliveries', filter],
    queryFn: ({ signal }) =>
      request<WebhookDeliveryList>(`v1/webhook-deliveries${queryOf({ ...filter, limit: 100 })}`, {
        signal,
      }),
  });

export const replayDelivery = (id: string) =>
  request<WebhookDeliveryResource>(`v1/webhook-deliveries/${id}/replay`, { method: 'POST' });
