import type { WebhookDelivery } from '@pawl/client';
import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';
import { isLong, pagesOf } from './pages.ts';

interface DeliveryFilter {
  readonly job?: string;
  readonly status?: WebhookDelivery['status'];
}

export const deliveryPages = (filter: DeliveryFilter) => ({
  ...pagesOf(['deliveries', filter], (page) =>
    client.webhookDeliveries.list({ ...filter, ...page }),
  ),
  // No event tells of their attempts.
  refetchInterval: intervalFor,
});

/** One webhook with its body, which never changes. */
export const deliveryQuery = (id: string) =>
  queryOptions({
    queryKey: ['delivery', id],
    queryFn: ({ signal }) => client.webhookDeliveries.get(id, { signal }),
    staleTime: Infinity,
  });

type Query = Parameters<typeof isLong>[0];

function intervalFor(query: Query): number | false {
  if (isLong(query)) return false;
  const { pages = [] } = (query.state.data ?? {}) as { pages?: { data: WebhookDelivery[] }[] };
  const isPending = pages.some(({ data }) => data.some(({ status }) => status === 'pending'));
  return isPending ? 1_000 : 15_000;
}
