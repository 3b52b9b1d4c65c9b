import type { ApiKey } from '@pawl/client';
import { errorOf, send } from './client.ts';

/** Who is signed in. */
export interface SessionResource {
  readonly tenant: string;
  readonly scopes: ApiKey['scopes'];
  /** Null where the gateway asks for no key. */
  readonly key: { readonly id: string; readonly name: string } | null;
  readonly expires_at: string | null;
  /** Where the events of all jobs go on behind what is read from now on. */
  readonly events_after: string;
}

export async function readSession(): Promise<SessionResource> {
  return (await (await request('GET')).json()) as SessionResource;
}

/** Signs in: the gateway answers with a cookie, and the key is forgotten here. */
export async function beginSession(key: string): Promise<SessionResource> {
  return (await (await request('POST', { key })).json()) as SessionResource;
}

export async function endSession(): Promise<void> {
  await request('DELETE');
}

async function request(method: string, body?: object): Promise<Response> {
  const response = await send(new URL('session', document.baseURI), {
    method,
    ...(body !== undefined && {
      body: JSON.stringify(body),
      headers: { 'Content-Type': 'application/json' },
    }),
  });
  if (!response.ok) throw await errorOf(response);
  return response;
}
