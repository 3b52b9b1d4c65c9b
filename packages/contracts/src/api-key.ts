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
