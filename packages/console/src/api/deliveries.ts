import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

interface DeliveryFilter {
  readonly job?: string;
  readonly status?: 'pending' | 'succeeded' | 'dead';
}

export const deliveriesQuery = (filter: DeliveryFilter) =>
  queryOptions({
    queryKey: ['deliveries', filter],
    queryFn: ({ signal }) => client.webhookDeliveries.list({ ...filter, limit: 100, signal }),
    // No event tells of their attempts.
    refetchInterval: ({ state }) =>
      state.data?.data.some(({ status }) => status === 'pending') === true ? 1_000 : 15_000,
  });
