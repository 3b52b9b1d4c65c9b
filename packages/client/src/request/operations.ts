import type { operations } from '../schema.ts';

export type OperationId = keyof operations;

/**
 * When a request is repeated.
 *
 * - `always`: it has the same effect however often it arrives.
 * - `with_key`: the same, by its Idempotency-Key.
 * - `if_refused`: only when the gateway says that it was not taken (429).
 */
export type RepeatRule = 'always' | 'with_key' | 'if_refused';

interface Operation {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly repeat: RepeatRule;
}

/** Every operation of the API, by its name in the API document. */
export const operationTable: Readonly<Record<OperationId, Operation>> = {
  listJobs: { method: 'GET', path: '/v1/jobs', repeat: 'always' },
  createJob: { method: 'POST', path: '/v1/jobs', repeat: 'with_key' },
  readJob: { method: 'GET', path: '/v1/jobs/{id}', repeat: 'always' },
  eraseJob: { method: 'DELETE', path: '/v1/jobs/{id}', repeat: 'always' },
  cancelJob: { method: 'POST', path: '/v1/jobs/{id}/cancel', repeat: 'always' },
  retryJob: { method: 'POST', path: '/v1/jobs/{id}/retry', repeat: 'if_refused' },
  listSteps: { method: 'GET', path: '/v1/jobs/{id}/steps', repeat: 'always' },
  streamJobEvents: { method: 'GET', path: '/v1/jobs/{id}/events', repeat: 'always' },
  streamTenantEvents: { method: 'GET', path: '/v1/events', repeat: 'always' },
  listConversations: { method: 'GET', path: '/v1/conversations', repeat: 'always' },
  readConversation: { method: 'GET', path: '/v1/conversations/{id}', repeat: 'always' },
  eraseConversation: { method: 'DELETE', path: '/v1/conversations/{id}', repeat: 'always' },
  listMessages: { method: 'GET', path: '/v1/conversations/{id}/messages', repeat: 'always' },
  listAgents: { method: 'GET', path: '/v1/agents', repeat: 'always' },
  createAgent: { method: 'POST', path: '/v1/agents', repeat: 'if_refused' },
  readAgent: { method: 'GET', path: '/v1/agents/{name}', repeat: 'always' },
  changeAgent: { method: 'PATCH', path: '/v1/agents/{name}', repeat: 'if_refused' },
  deleteAgent: { method: 'DELETE', path: '/v1/agents/{name}', repeat: 'always' },
  listSchedules: { method: 'GET', path: '/v1/schedules', repeat: 'always' },
  createSchedule: { method: 'POST', path: '/v1/schedules', repeat: 'with_key' },
  previewSchedule: { method: 'POST', path: '/v1/schedules/preview', repeat: 'always' },
  readSchedule: { method: 'GET', path: '/v1/schedules/{id}', repeat: 'always' },
  changeSchedule: { method: 'PATCH', path: '/v1/schedules/{id}', repeat: 'always' },
  deleteSchedule: { method: 'DELETE', path: '/v1/schedules/{id}', repeat: 'always' },
  triggerSchedule: { method: 'POST', path: '/v1/schedules/{id}/trigger', repeat: 'with_key' },
  listTriggers: { method: 'GET', path: '/v1/triggers', repeat: 'always' },
  createTrigger: { method: 'POST', path: '/v1/triggers', repeat: 'if_refused' },
  readTrigger: { method: 'GET', path: '/v1/triggers/{id}', repeat: 'always' },
  changeTrigger: { method: 'PATCH', path: '/v1/triggers/{id}', repeat: 'always' },
  deleteTrigger: { method: 'DELETE', path: '/v1/triggers/{id}', repeat: 'always' },
  listTriggerEvents: { method: 'GET', path: '/v1/triggers/{id}/events', repeat: 'always' },
  listAccounts: { method: 'GET', path: '/v1/accounts', repeat: 'always' },
  createAccountLink: { method: 'POST', path: '/v1/accounts/links', repeat: 'if_refused' },
  deleteAccount: { method: 'DELETE', path: '/v1/accounts/{connection}', repeat: 'always' },
  verifyAccount: { method: 'POST', path: '/v1/accounts/verify', repeat: 'if_refused' },
  listConnections: { method: 'GET', path: '/v1/connections', repeat: 'always' },
  listTools: { method: 'GET', path: '/v1/tools', repeat: 'always' },
  listApprovals: { method: 'GET', path: '/v1/approvals', repeat: 'always' },
  readApproval: { method: 'GET', path: '/v1/approvals/{id}', repeat: 'always' },
  decideApproval: { method: 'POST', path: '/v1/approvals/{id}', repeat: 'always' },
  readLimits: { method: 'GET', path: '/v1/limits', repeat: 'always' },
  replaceLimits: { method: 'PUT', path: '/v1/limits', repeat: 'always' },
  listUsage: { method: 'GET', path: '/v1/usage', repeat: 'always' },
  listWebhookDeliveries: { method: 'GET', path: '/v1/webhook-deliveries', repeat: 'always' },
  readWebhookDelivery: { method: 'GET', path: '/v1/webhook-deliveries/{id}', repeat: 'always' },
  replayWebhookDelivery: {
    method: 'POST',
    path: '/v1/webhook-deliveries/{id}/replay',
    repeat: 'if_refused',
  },
  createKey: { method: 'POST', path: '/v1/keys', repeat: 'if_refused' },
  listKeys: { method: 'GET', path: '/v1/keys', repeat: 'always' },
  revokeKey: { method: 'DELETE', path: '/v1/keys/{id}', repeat: 'always' },
  readHealth: { method: 'GET', path: '/v1/health', repeat: 'always' },
  rotateWebhookSecret: {
    method: 'POST',
    path: '/v1/webhook-secrets/rotate',
    repeat: 'if_refused',
  },
};

/** The path of an operation, relative to the base URL. Its parts cannot reach another path. */
export function pathOf(operation: OperationId, parts: Readonly<Record<string, string>>): string {
  return operationTable[operation].path
    .slice(1)
    .replaceAll(/\{(\w+)\}/g, (_whole, name: string) => encodePart(parts[name]));
}

/** @throws TypeError for a part that would make another address of it. */
function encodePart(part: string | undefined): string {
  if (typeof part !== 'string' || part === '' || part === '.' || part === '..') {
    throw new TypeError('An id must be a text that is not empty.');
  }
  return encodeURIComponent(part);
}
