import {
  type ApiKeyList,
  ApiKeyRequest,
  type ApiKeyResource,
  type CreatedApiKey,
} from '@pawl/contracts';
import { instant } from '@pawl/engine';
import type { ApiKey } from '@pawl/store';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput, withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';

/** All keys are read to list those of one tenant. */
const mostKeys = 100;

/** `GET /v1/keys`: the tenant's, oldest first. */
export function listKeys({ engine: { store } }: Gateway): TenantHandler {
  return withoutInput(async (_request, response, tenant) => {
    const list: ApiKeyList = {
      object: 'list',
      data: (await store.listApiKeys(tenant)).map(viewOf),
    };
    response.json(list);
  });
}

/** `POST /v1/keys`: the answer alone has the key. */
export function createKey({ engine: { store, now } }: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const { name, scopes, ...body } = parseInput(ApiKeyRequest, await readBody(request, response));
    const expiresAt = body.expires_at === undefined ? undefined : Date.parse(body.expires_at);
    if (expiresAt !== undefined && expiresAt <= now()) {
      throw invalidField('expires_at', 'must be in the future');
    }
    if ((await store.listApiKeys(tenant)).length >= mostKeys) {
      throw new ProblemError(
        'key_limit',
        `There are ${mostKeys} keys already: revoke one that is not needed any more.`,
      );
    }
    const { key, ...made } = await store.createApiKey({
      tenant,
      name,
      scopes: scopes && [...new Set(scopes)],
      expiresAt,
      requestsPerMinute: body.requests_per_minute,
    });
    const created: CreatedApiKey = { ...viewOf(made), key };
    response.status(201).json(created);
  });
}

/** `DELETE /v1/keys/{id}`: useless at once and for good. */
export function revokeKey({ engine: { store } }: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const id = String(request.params['id']);
    if (!(await store.revokeApiKey(id, tenant))) throw notFound(`API key ${id.slice(0, 80)}`);
    response.status(204).end();
  });
}

function viewOf({
  id,
  name,
  scopes,
  createdAt,
  expiresAt,
  requestsPerMinute,
}: ApiKey): ApiKeyResource {
  return {
    id,
    object: 'api_key',
    name,
    scopes: [...scopes],
    expires_at: expiresAt === undefined ? null : instant(expiresAt),
    requests_per_minute: requestsPerMinute ?? null,
    created_at: instant(createdAt),
  };
}
