import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Router, urlencoded } from 'express';
import { z } from 'zod';
import { createBoundedMap } from '../server/bounded.ts';

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

const formSchema = z.object({
  grant_type: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
});

export interface ClientCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** `POST /oauth/token` with client credentials, and OAuth's error bodies. */
export function tokenRoute(credentials: ClientCredentials, tokens: AccessTokens): Router {
  const router = Router();
  router.post(
    '/oauth/token',
    urlencoded({ extended: false, limit: '16kb' }),
    (request, response) => {
      const form = formSchema.safeParse(request.body);
      if (!form.success) {
        response.status(400).json({
          error: 'invalid_request',
          error_description: 'grant_type, client_id and client_secret are required',
        });
        return;
      }
      if (form.data.grant_type !== 'client_credentials') {
        response.status(400).json({ error: 'unsupported_grant_type' });
        return;
      }
      const known =
        equal(form.data.client_id, credentials.clientId) &&
        equal(form.data.client_secret, credentials.clientSecret);
      if (!known) {
        response.status(401).json({
          error: 'invalid_client',
          error_description: 'Client authentication failed: unknown client or wrong secret',
        });
        return;
      }
      const { token, expiresInSeconds } = tokens.issue();
      response.json({ access_token: token, token_type: 'Bearer', expires_in: expiresInSeconds });
    },
  );
  return router;
}
