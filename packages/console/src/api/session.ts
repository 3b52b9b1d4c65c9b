import type { ApiKeyScope } from '@pawl/contracts';
import { request } from './request.ts';

/** Who is signed in. */
export interface SessionResource {
  readonly tenant: string;
  readonly scopes: readonly ApiKeyScope[];
  /** Null where the gateway asks for no key. */
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly expires_at: string | null;
}

export const readSession = (signal?: AbortSignal) =>
  request<SessionResource>('session', signal === undefined ? {} : { signal });

export const beginSession = (key: string) =>
  request<SessionResource>('session', { method: 'POST', body: { key } });

export const endSession = () => request<undefined>('session', { method: 'DELETE' });
