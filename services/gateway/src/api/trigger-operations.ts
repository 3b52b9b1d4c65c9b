import {
  Trigger,
  TriggerChanges,
  TriggerEventList,
  TriggerList,
  TriggerRequest,
} from '@pawl/contracts';
import { PageQuery } from '../http/query.ts';
import { ListTriggersQuery } from '../routes/triggers.ts';
import type { Operation } from './operation.ts';

const trigger = { name: 'Trigger', schema: Trigger };
const refusals = [
  'unknown_agent',
  'unknown_connection',
  'webhook_secret_missing',
  'encryption_not_configured',
  'scalekit_failed',
  'scalekit_unavailable',
] as const;

/** Triggers. */
export const triggerOperations = {
  listTriggers: {
    method: 'get',
    path: '/v1/triggers',
    scope: 'jobs:read',
    tag: 'Triggers',
    summary: 'Lists triggers, newest first',
    query: ListTriggersQuery,
    answer: { status: 200, name: 'TriggerList', schema: TriggerList },
  },
  createTrigger: {
    method: 'post',
    path: '/v1/triggers',
    scope: 'jobs:write',
    tag: 'Triggers',
    summary: 'Makes an address to which others send events that become jobs',
    body: {
      name: 'TriggerRequest',
      schema: TriggerRequest,
      example: {
        job: { user: 'user_123' },
        verify: { type: 'github', secret: 'a long random secret' },
        filter: [{ place: '/action', equals: 'opened' }],
        template: 'Find a label for this issue: {{/issue/title}}',
        conversation_key: '{{/issue/id}}',
      },
    },
    answer: { status: 201, ...trigger },
    problems: ['trigger_limit', ...refusals],
  },
  readTrigger: {
    method: 'get',
    path: '/v1/triggers/{id}',
    scope: 'jobs:read',
    tag: 'Triggers',
    summary: 'Shows a trigger',
    answer: { status: 200, ...trigger },
  },
  changeTrigger: {
    method: 'patch',
    path: '/v1/triggers/{id}',
    scope: 'jobs:write',
    tag: 'Triggers',
    summary: 'Changes a trigger',
    body: { name: 'TriggerChanges', schema: TriggerChanges, example: { enabled: false } },
    answer: { status: 200, ...trigger },
    problems: refusals,
  },
  deleteTrigger: {
    method: 'delete',
    path: '/v1/triggers/{id}',
    scope: 'jobs:write',
    tag: 'Triggers',
    summary: 'Deletes a trigger with its log; its jobs stay',
    answer: { status: 204 },
  },
  listTriggerEvents: {
    method: 'get',
    path: '/v1/triggers/{id}/events',
    scope: 'jobs:read',
    tag: 'Triggers',
    summary: 'Lists what has come and what became of it, newest first',
    query: PageQuery,
    answer: { status: 200, name: 'TriggerEventList', schema: TriggerEventList },
  },
} as const satisfies Record<string, Operation>;
