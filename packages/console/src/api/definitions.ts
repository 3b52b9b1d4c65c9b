import type { Agent, AgentRequest, JobRequest } from '@pawl/client';
import { queryOptions } from '@tanstack/react-query';
import { client } from './client.ts';
import { isLong, pagesOf } from './pages.ts';

/** An agent is known by its name, and a row of a table by its id. */
export type AgentRow = Agent & { readonly id: string };

export const agentPages = pagesOf<AgentRow>(['agents'], async (page) => {
  const list = await client.agents.list(page);
  return { ...list, data: list.data.map((agent) => ({ ...agent, id: agent.name })) };
});

/** More names than that are no choice any more. */
const mostChoices = 1_000;

/** The names of all agents, to choose from. */
export const agentNamesQuery = queryOptions({
  queryKey: ['agents', { names: true }],
  queryFn: async ({ signal }) => {
    const names: string[] = [];
    for await (const { name } of client.agents.list({ limit: 100, signal })) {
      names.push(name);
      if (names.length === mostChoices) break;
    }
    return names;
  },
});

export const agentQuery = (name: string) =>
  queryOptions({
    queryKey: ['agents', name],
    queryFn: ({ signal }) => client.agents.get(name, { signal }),
  });

/** What an agent says of the jobs that are its own, and what a job's body can say of itself. */
export const agentFields = [
  'instructions',
  'model',
  'fallback_models',
  'model_options',
  'connections',
  'tools',
  'limits',
  'response_format',
  'metadata',
] as const;

/** These fields of an agent or of a job's body, as far as they are there. */
export function definitionOf(source: Agent | JobRequest): Partial<AgentRequest> {
  return Object.fromEntries(
    agentFields.flatMap((field) => (source[field] === undefined ? [] : [[field, source[field]]])),
  );
}

export const schedulePages = pagesOf(['schedules'], (page) => client.schedules.list(page));

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: ['schedules', id],
    queryFn: ({ signal }) => client.schedules.get(id, { signal }),
  });

export const triggerPages = pagesOf(['triggers'], (page) => client.triggers.list(page));

export const triggerQuery = (id: string) =>
  queryOptions({
    queryKey: ['triggers', id],
    queryFn: ({ signal }) => client.triggers.get(id, { signal }),
  });

export const triggerEventPages = (id: string) => ({
  ...pagesOf(['triggers', id, 'events'], (page) => client.triggers.events(id, page)),
  // No event tells of them.
  refetchInterval: (query: Parameters<typeof isLong>[0]) => !isLong(query) && 5_000,
});

export const conversationPages = (user: string | undefined) =>
  pagesOf(['conversations', { user }], (page) => client.conversations.list({ user, ...page }));

export const messagePages = (id: string) =>
  pagesOf(['conversations', id], (page) => client.conversations.messages(id, page));

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
