import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createPawlClient, type PawlClient } from './client.ts';
import type { OperationId } from './request/operations.ts';

const schedule = { cron: '0 8 * * *', job: { prompt: 'Hi.' } };

/** How each operation is called. */
const calls: Readonly<Record<OperationId, (client: PawlClient) => Promise<unknown>>> = {
  listJobs: ({ jobs }) => jobs.list(),
  createJob: ({ jobs }) => jobs.create({ prompt: 'Hi.' }),
  readJob: ({ jobs }) => jobs.get('{id}'),
  eraseJob: ({ jobs }) => jobs.delete('{id}'),
  cancelJob: ({ jobs }) => jobs.cancel('{id}'),
  retryJob: ({ jobs }) => jobs.retry('{id}'),
  listSteps: ({ jobs }) => jobs.steps('{id}'),
  streamJobEvents: ({ jobs }) => jobs.stream('{id}').next(),
  streamTenantEvents: ({ events }) => events.stream().next(),
  listConversations: ({ conversations }) => conversations.list(),
  readConversation: ({ conversations }) => conversations.get('{id}'),
  eraseConversation: ({ conversations }) => conversations.delete('{id}'),
  listMessages: ({ conversations }) => conversations.messages('{id}'),
  listAgents: ({ agents }) => agents.list(),
  createAgent: ({ agents }) => agents.create({ name: 'triage' }),
  readAgent: ({ agents }) => agents.get('{name}'),
  changeAgent: ({ agents }) => agents.update('{name}', { description: 'Sorts mail.' }),
  deleteAgent: ({ agents }) => agents.delete('{name}'),
  listSchedules: ({ schedules }) => schedules.list(),
  createSchedule: ({ schedules }) => schedules.create(schedule),
  previewSchedule: ({ schedules }) => schedules.preview({ cron: '0 8 * * *' }),
  readSchedule: ({ schedules }) => schedules.get('{id}'),
  changeSchedule: ({ schedules }) => schedules.update('{id}', { enabled: false }),
  deleteSchedule: ({ schedules }) => schedules.delete('{id}'),
  triggerSchedule: ({ schedules }) => schedules.trigger('{id}'),
  listTriggers: ({ triggers }) => triggers.list(),
  createTrigger: ({ triggers }) =>
    triggers.create({
      agent: 'triage',
      template: 'Hi.',
      verify: { type: 'bearer', secret: 's'.repeat(32) },
    }),
  readTrigger: ({ triggers }) => triggers.get('{id}'),
  changeTrigger: ({ triggers }) => triggers.update('{id}', { enabled: false }),
  deleteTrigger: ({ triggers }) => triggers.delete('{id}'),
  listTriggerEvents: ({ triggers }) => triggers.events('{id}'),
  listAccounts: ({ accounts }) => accounts.list(),
  createAccountLink: ({ accounts }) => accounts.link({ user: 'ada', connection: 'gmail' }),
  deleteAccount: ({ accounts }) => accounts.delete('{connection}', { user: 'ada' }),
  verifyAccount: ({ accounts }) => accounts.verify({ code: 'c', user: 'ada' }),
  listConnections: ({ connections }) => connections.list(),
  listTools: ({ tools }) => tools.list(),
  listApprovals: ({ approvals }) => approvals.list(),
  readApproval: ({ approvals }) => approvals.get('{id}'),
  decideApproval: ({ approvals }) => approvals.decide('{id}', { decision: 'approve' }),
  readLimits: ({ limits }) => limits.get(),
  replaceLimits: ({ limits }) => limits.replace({}),
  listUsage: ({ usage }) => usage.list(),
  listWebhookDeliveries: ({ webhookDeliveries }) => webhookDeliveries.list(),
  readWebhookDelivery: ({ webhookDeliveries }) => webhookDeliveries.get('{id}'),
  replayWebhookDelivery: ({ webhookDeliveries }) => webhookDeliveries.replay('{id}'),
  createKey: ({ keys }) => keys.create({ name: 'reports' }),
  listKeys: ({ keys }) => keys.list(),
  revokeKey: ({ keys }) => keys.delete('{id}'),
  readHealth: ({ health }) => health.get(),
  rotateWebhookSecret: ({ webhooks }) => webhooks.rotateSecret(),
};

/** What a call asks the gateway for. */
async function askedBy(call: (client: PawlClient) => Promise<unknown>): Promise<string[]> {
  const asked: string[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.push(`${init?.method} ${decodeURIComponent(url.pathname)}`);
    if (url.pathname.endsWith('/events') && !url.pathname.includes('triggers')) {
      return new Response(null, { status: 204 });
    }
    return Response.json({ object: 'list', data: [], next_cursor: null });
  };
  await call(createPawlClient({ baseUrl: 'http://localhost:3000', fetch }));
  return asked;
}

interface Document {
  readonly paths: Record<string, Record<string, { readonly operationId: OperationId }>>;
}

test('the client has every operation of the API document', async () => {
  const file = new URL('../../../services/gateway/openapi.json', import.meta.url);
  const { paths }: Document = JSON.parse(await readFile(file, 'utf8'));
  const documented = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { operationId }]) => ({
      operationId,
      asked: [`${method.toUpperCase()} ${path}`],
    })),
  );
  const ours = await Promise.all(
    documented.map(async ({ operationId }) => ({
      operationId,
      asked: await askedBy(calls[operationId]),
    })),
  );
  expect(ours).toEqual(documented);
  expect(ours.map(({ operationId }) => operationId).toSorted()).toEqual(
    Object.keys(calls).toSorted(),
  );
});
