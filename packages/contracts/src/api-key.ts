import { z } from 'zod';

/** What an API key may do. `admin` contains the others. */
export const ApiKeyScope = z.enum(['jobs:read', 'jobs:write', 'approvals', 'admin']);
export type ApiKeyScope = z.infer<typeof ApiKeyScope>;

/** The scopes of a key that was made without naming any, and of keys from before there were scopes. */
export const allScopes: readonly ApiKeyScope[] = ApiKeyScope.options;

export function hasScope(scopes: readonly ApiKeyScope[], needed: ApiKeyScope): boolean {
  return scopes.includes(needed) || scopes.includes('admin');
}

/** A key gathers the requests of a minute at most, so this is also how many may come at once. */
export const RequestsPerMinute = z.int().min(1).max(1_000_000);

/** What a key is for, on one line. */
export const ApiKeyName = z
  .string()
  .regex(/^[^\p{Cc}]{1,100}$/u, 'must be 1 to 100 characters on one line');

/** The body of `POST /v1/keys`. */
export const ApiKeyRequest = z.strictObject({
  name: ApiKeyName,
  /** Default: all. */
  scopes: z.array(ApiKeyScope).min(1).max(allScopes.length).optional(),
  /** Default: never. */
  expires_at: z.iso.datetime({ offset: true }).optional(),
  /** Default: any number. */
  requests_per_minute: RequestsPerMinute.optional(),
});
export type ApiKeyRequest = z.infer<typeof ApiKeyRequest>;

/** A key as the API shows it: never the key itself. */
export const ApiKeyResource = z.object({
  id: z.string(),
  object: z.literal('api_key'),
  name: z.string(),
  scopes: z.array(ApiKeyScope),
  expires_at: z.iso.datetime().nullable(),
  requests_per_minute: z.int().nullable(),
  created_at: z.iso.datetime(),
});
export type ApiKeyResource = z.infer<typeof ApiKeyResource>;

/** The answer to `POST /v1/keys`: the only one that has the key. */
export const CreatedApiKey = z.object({ ...ApiKeyResource.shape, key: z.string() });
export type CreatedApiKey = z.infer<typeof CreatedApiKey>;

export const ApiKeyList = z.object({ object: z.literal('list'), data: z.array(ApiKeyResource) });
export type ApiKeyList = z.infer<typeof ApiKeyList>;
