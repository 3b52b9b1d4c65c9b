import { ApiKeyList, ApiKeyRequest, CreatedApiKey, HealthResource } from '@pawl/contracts';
import type { Operation } from './operation.ts';

/** API keys, and the installation itself. */
export const operatorOperations = {
  listKeys: {
    method: 'get',
    path: '/v1/keys',
    scope: 'admin',
    tag: 'Keys',
    summary: 'Lists the API keys of the tenant, without the keys themselves',
    answer: { status: 200, name: 'ApiKeyList', schema: ApiKeyList },
  },
  createKey: {
    method: 'post',
    path: '/v1/keys',
    scope: 'admin',
    tag: 'Keys',
    summary: 'Makes an API key, and shows it this once',
    body: {
      name: 'ApiKeyRequest',
      schema: ApiKeyRequest,
      example: { name: 'reporting', scopes: ['jobs:read'], requests_per_minute: 600 },
    },
    answer: { status: 201, name: 'CreatedApiKey', schema: CreatedApiKey },
    problems: ['key_limit'],
  },
  revokeKey: {
    method: 'delete',
    path: '/v1/keys/{id}',
    scope: 'admin',
    tag: 'Keys',
    summary: 'Makes an API key useless, at once and for good',
    answer: { status: 204 },
  },
  readHealth: {
    method: 'get',
    path: '/v1/health',
    scope: 'admin',
    isOperators: true,
    tag: 'Operations',
    summary: 'Shows how the whole installation stands',
    answer: { status: 200, name: 'Health', schema: HealthResource },
    problems: ['operators_only'],
  },
} as const satisfies Record<string, Operation>;
