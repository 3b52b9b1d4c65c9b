import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';

/** What the lists of definitions show at most: more is for the API. */
const limit = 100;

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: ({ signal }) => client.agents.list({ limit, signal }),
});

export const agentQuery = (name: string) =>
  queryOptions({
    queryKey: ['agents', name],
    queryFn: ({ signal }) => client.agents.get(name, { signal }),
  });

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => client.schedules.list({ limit, signal }),
});

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: ['schedules', id],
    queryFn: ({ signal }) => client.schedules.get(id, { signal }),
  });

export const triggersQuery = queryOptions({
  queryKey: ['triggers'],
  queryFn: ({ signal }) => client.triggers.list({ limit, signal }),
});

export const triggerQuery = (id: string) =>
  queryOptions({
    queryKey: ['triggers', id],
    queryFn: ({ signal }) => client.triggers.get(id, { signal }),
  });

export const triggerEventsQuery = (id: string) =>
  queryOptions({
    queryKey: ['triggers', id, 'events'],
    queryFn: ({ signal }) => client.triggers.events(id, { limit, signal }),
  });

export const conversationsQuery = (user: string | undefined) =>
  queryOptions({
    queryKey: ['conversations', 'list', user],
    queryFn: ({ signal }) => client.conversations.list({ user, limit, signal }),
  });

export const messagesQuery = (id: string) =>
  queryOptions({
    queryKey: ['conversations', id],
    queryFn: ({ signal }) => client.conversations.messages(id, { limit, signal }),
  });

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: ({ signal }) => client.connections.list({ signal }),
});

export const accountsQuery = (user: string) =>
  queryOptions({
    queryKey: ['accounts', user],
    queryFn: ({ signal }) => client.accounts.list({ user, signal }),
    enabled: user !== '',
  });

export const limitsQuery = queryOptions({
  queryKey: ['limits'],
  queryFn: ({ signal }) => client.limits.get({ signal }),
});

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => client.health.get({ signal }),
  refetchInterval: 5_000,
});

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: ({ signal }) => client.keys.list({ signal }),
});
