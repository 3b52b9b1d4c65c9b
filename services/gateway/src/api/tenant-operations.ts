import {
  LimitsResource,
  RotatedWebhookSecret,
  TenantLimits,
  UsageList,
  WebhookDeliveryDetail,
  WebhookDeliveryList,
  WebhookDeliveryResource,
} from '@pawl/contracts';
import { ListUsageQuery } from '../routes/list-usage.ts';
import { ListWebhookDeliveriesQuery } from '../routes/list-webhook-deliveries.ts';
import { ReadLimitsQuery } from '../routes/read-limits.ts';
import { RotateWebhookSecretRequest } from '../routes/rotate-webhook-secret.ts';
import type { Operation } from './operation.ts';

const delivery = { name: 'WebhookDelivery', schema: WebhookDeliveryResource };

/** Limits, usage and webhooks. */
export const tenantOperations = {
  readLimits: {
    method: 'get',
    path: '/v1/limits',
    scope: 'jobs:read',
    tag: 'Limits and usage',
    summary: 'Shows limits, and what counts against them',
    query: ReadLimitsQuery,
    answer: { status: 200, name: 'Limits', schema: LimitsResource },
  },
  replaceLimits: {
    method: 'put',
    path: '/v1/limits',
    scope: 'admin',
    tag: 'Limits and usage',
    summary: 'Sets the limits of the tenant and its users',
    body: {
      name: 'TenantLimits',
      schema: TenantLimits,
      example: { user: { jobs_per_minute: 10 } },
    },
    answer: { status: 200, name: 'Limits', schema: LimitsResource },
  },
  listUsage: {
    method: 'get',
    path: '/v1/usage',
    scope: 'jobs:read',
    tag: 'Limits and usage',
    summary: 'Lists what model calls came to, by user, day and model',
    query: ListUsageQuery,
    answer: { status: 200, name: 'UsageList', schema: UsageList },
  },
  listWebhookDeliveries: {
    method: 'get',
    path: '/v1/webhook-deliveries',
    scope: 'jobs:read',
    tag: 'Webhooks',
    summary: 'Lists webhooks and what became of them',
    query: ListWebhookDeliveriesQuery,
    answer: { status: 200, name: 'WebhookDeliveryList', schema: WebhookDeliveryList },
    problems: ['not_found'],
  },
  readWebhookDelivery: {
    method: 'get',
    path: '/v1/webhook-deliveries/{id}',
    scope: 'jobs:read',
    tag: 'Webhooks',
    summary: 'Shows a webhook with its body and its attempts',
    answer: { status: 200, name: 'WebhookDeliveryDetail', schema: WebhookDeliveryDetail },
  },
  replayWebhookDelivery: {
    method: 'post',
    path: '/v1/webhook-deliveries/{id}/replay',
    scope: 'jobs:write',
    tag: 'Webhooks',
    summary: 'Sends a webhook again',
    answer: { status: 202, ...delivery },
    problems: ['delivery_in_progress'],
  },
  rotateWebhookSecret: {
    method: 'post',
    path: '/v1/webhook-secrets/rotate',
    scope: 'admin',
    tag: 'Webhooks',
    summary: 'Makes a new secret that signs webhooks',
    body: {
      name: 'RotateWebhookSecretRequest',
      schema: RotateWebhookSecretRequest,
      isOptional: true,
      example: { overlap_seconds: 3_600 },
    },
    answer: { status: 201, name: 'RotatedWebhookSecret', schema: RotatedWebhookSecret },
    problems: ['encryption_not_configured'],
  },
} as const satisfies Record<string, Operation>;
