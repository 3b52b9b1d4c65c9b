import type { ApiKeyScope } from '@pawl/contracts';

/** One request of the API that needs a key: what it is, and what its key has to be allowed. */
export interface Operation {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** With parameters in braces, as in OpenAPI: `/v1/jobs/{id}`. */
  readonly path: string;
  readonly scope: ApiKeyScope;
}

/** Every operation. What answers each of them stands in `handlers.ts`. */
export const operations = {
  listJobs: { method: 'get', path: '/v1/jobs', scope: 'jobs:read' },
  createJob: { method: 'post', path: '/v1/jobs', scope: 'jobs:write' },
  readJob: { method: 'get', path: '/v1/jobs/{id}', scope: 'jobs:read' },
  cancelJob: { method: 'post', path: '/v1/jobs/{id}/cancel', scope: 'jobs:write' },
  listSteps: { method: 'get', path: '/v1/jobs/{id}/steps', scope: 'jobs:read' },
  streamJobEvents: { method: 'get', path: '/v1/jobs/{id}/events', scope: 'jobs:read' },
  streamTenantEvents: { method: 'get', path: '/v1/events', scope: 'jobs:read' },
  retryJob: { method: 'post', path: '/v1/jobs/{id}/retry', scope: 'jobs:write' },
  listMessages: { method: 'get', path: '/v1/conversations/{id}/messages', scope: 'jobs:read' },
  listSchedules: { method: 'get', path: '/v1/schedules', scope: 'jobs:read' },
  createSchedule: { method: 'post', path: '/v1/schedules', scope: 'jobs:write' },
  previewSchedule: { method: 'post', path: '/v1/schedules/preview', scope: 'jobs:read' },
  readSchedule: { method: 'get', path: '/v1/schedules/{id}', scope: 'jobs:read' },
  changeSchedule: { method: 'patch', path: '/v1/schedules/{id}', scope: 'jobs:write' },
  deleteSchedule: { method: 'delete', path: '/v1/schedules/{id}', scope: 'jobs:write' },
  triggerSchedule: { method: 'post', path: '/v1/schedules/{id}/trigger', scope: 'jobs:write' },
  verifyAccount: { method: 'post', path: '/v1/accounts/verify', scope: 'jobs:write' },
  listConnections: { method: 'get', path: '/v1/connections', scope: 'jobs:read' },
  listTools: { method: 'get', path: '/v1/tools', scope: 'jobs:read' },
  listApprovals: { method: 'get', path: '/v1/approvals', scope: 'approvals' },
  decideApproval: { method: 'post', path: '/v1/approvals/{id}', scope: 'approvals' },
  readLimits: { method: 'get', path: '/v1/limits', scope: 'jobs:read' },
  replaceLimits: { method: 'put', path: '/v1/limits', scope: 'admin' },
  listUsage: { method: 'get', path: '/v1/usage', scope: 'jobs:read' },
  listWebhookDeliveries: { method: 'get', path: '/v1/webhook-deliveries', scope: 'jobs:read' },
  readWebhookDelivery: { method: 'get', path: '/v1/webhook-deliveries/{id}', scope: 'jobs:read' },
  replayWebhookDelivery: {
    method: 'post',
    path: '/v1/webhook-deliveries/{id}/replay',
    scope: 'jobs:write',
  },
  rotateWebhookSecret: { method: 'post', path: '/v1/webhook-secrets/rotate', scope: 'admin' },
} as const satisfies Record<string, Operation>;

export type OperationName = keyof typeof operations;
