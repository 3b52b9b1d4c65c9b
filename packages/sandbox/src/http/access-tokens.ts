import { randomBytes } from 'node:crypto';
import { createBoundedMap } from '../server/bounded-map.ts';

/** The bearer tokens that `/oauth/token` gave out. */
export interface AccessTokens {
  issue(): { token: string; expiresInSeconds: number };
  /** `authorization` is the whole header. */
  accepts(authorization: string | null | undefined): boolean;
  expireAll(): void;
}

export function createAccessTokens(lifetimeSeconds: number, now: () => number): AccessTokens {
  const expiries = createBoundedMap<number>(10_000);
  return {
    issue() {
      const token = `sandbox-access-token-${randomBytes(18).toString('base64url')}`;
      expiries.set(token, now() + lifetimeSeconds * 1000);
      return { token, expiresInSeconds: lifetimeSeconds };
    },
    accepts(authorization) {
      const [scheme, token] = (authorization ?? '').split(' ');
      if (scheme?.toLowerCase() !== 'bearer' || token === undefined) return false;
      return (expiries.get(token) ?? 0) > now();
    },
    expireAll: () => expiries.clear(),
  };
}
