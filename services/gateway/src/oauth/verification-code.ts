import type { OAuthState } from '@pawl/store';
import type { Gateway } from '../gateway.ts';
import { randomToken } from './browser-cookie.ts';

/** How long the application has to confirm, in milliseconds: its user may have to sign in first. */
const codeLifetime = 600_000;

/** An authorization that the application has not confirmed yet. */
export interface Unconfirmed extends OAuthState {
  readonly authRequestId: string;
}

export type CodeOutcome =
  | { readonly kind: 'made'; readonly url: string }
  | { readonly kind: 'full'; readonly seconds: number };

/**
 * Makes a single-use code for an authorization that came back, in the place of its `state`, and the address of the
 * application's page with it. The code is worth something only together with an API key of the account's tenant, and
 * takes the worth of those before it: what Scalekit would make active is the newest authorization of the account.
 *
 * @param verifyUrl `CONNECT_VERIFY_URL`
 */
export async function makeVerificationCode(
  { engine, engine: { store } }: Gateway,
  {
    verifyUrl,
    state,
    record,
    authRequestId,
  }: { verifyUrl: string; state: string; record: OAuthState; authRequestId: string },
): Promise<CodeOutcome> {
  const { tenant, user, connection, returnUrl } = record;
  const now = engine.now();
  const code = `${state.slice(0, state.indexOf('_'))}_${randomToken()}`;
  await store.dropOAuthState(state, record);
  const place = await store.saveOAuthState(code, {
    tenant,
    user,
    connection,
    cookieDigest: holderOf(tenant),
    expiresAt: now + codeLifetime,
    authRequestId,
    ...(returnUrl !== undefined && { returnUrl }),
  });
  if (place.kind === 'full') {
    return { kind: 'full', seconds: Math.max(1, Math.ceil((place.until - now) / 1_000)) };
  }
  await store.dropOtherOAuthStates(code);
  const url = new URL(verifyUrl);
  url.searchParams.set('code', code);
  return { kind: 'made', url: url.href };
}

/** Uses a code up; undefined where it is unknown, used, expired or another tenant's, whose attempt leaves it as it is. */
export async function takeVerificationCode(
  { engine, engine: { store } }: Gateway,
  code: string,
  tenant: string,
): Promise<Unconfirmed | undefined> {
  const record = await store.takeOAuthState(code, holderOf(tenant));
  if (record?.authRequestId === undefined || record.expiresAt <= engine.now()) return undefined;
  return { ...record, authRequestId: record.authRequestId };
}

/** Gives a code that was taken its use back: Scalekit did not answer, and the application may repeat. */
export async function returnVerificationCode(
  { engine: { store } }: Gateway,
  code: string,
  record: Unconfirmed,
): Promise<void> {
  await store.saveOAuthState(code, record);
}

/** Stands where a state has the digest of its browser's cookie, and is none: a code is not a state. */
function holderOf(tenant: string): string {
  return `tenant ${tenant}`;
}
