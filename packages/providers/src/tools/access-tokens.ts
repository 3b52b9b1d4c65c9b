import type { ClientHttp2Stream } from 'node:http2';
import { Http2SessionManager } from '@connectrpc/connect-node';
import { createBoundedFetch } from '../http/bounded-fetch.ts';
import { AnswerTooLarge } from '../http/send-http.ts';
import { membersOf, textOf } from '../model/parse-body.ts';

/**
 * No token could be had, so nothing was sent with one. `status` is absent where no answer came, or one that is too large
 * to hold a token: then the cause says so.
 */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
  readonly status: number | undefined;

  constructor(message: string, { status, cause }: { status?: number; cause?: unknown } = {}) {
    super(message, { cause });
    this.status = status;
  }
}

/** Scalekit's bearer token for client credentials. Callers share one request for it. */
export interface AccessTokens {
  /** Throws `TokenRefused`. */
  current(): Promise<string>;
  /** Another token than the one that was rejected, or the first. Throws `TokenRefused`. */
  renew(rejected: string | null): Promise<string>;
  /** For taking it out of texts. */
  known(): readonly string[];
}

export interface AccessTokenSettings {
  readonly environmentUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Milliseconds. */
  readonly timeout: number;
}

export function createAccessTokens(settings: AccessTokenSettings): AccessTokens {
  let token: string | undefined;
  let request: Promise<string> | undefined;

  function fetchToken(): Promise<string> {
    request ??= requestToken(settings)
      .then((fresh) => (token = fresh))
      .finally(() => {
        request = undefined;
      });
    return request;
  }

  return {
    current: async () => token ?? fetchToken(),
    renew: async (rejected) => (token === undefined || token === rejected ? fetchToken() : token),
    known: () => (token === undefined ? [] : [token]),
  };
}

/** Tokens have some kilobytes at most. */
const fetch = createBoundedFetch({ maxBytes: 65_536 });

async function requestToken({
  environmentUrl,
  clientId,
  clientSecret,
  timeout,
}: AccessTokenSettings): Promise<string> {
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(new URL('/oauth/token', environmentUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        client_secret: clientSecret,
      }).toString(),
      signal: AbortSignal.timeout(timeout),
    });
    body = response.ok ? await response.json() : await response.body?.cancel();
  } catch (error) {
    if (error instanceof AnswerTooLarge) throw new TokenRefused(error.message, { cause: error });
    throw new TokenRefused(`no answer (${causeOf(error)})`);
  }
  if (!response.ok) {
    throw new TokenRefused(`HTTP ${response.status}`, { status: response.status });
  }
  const token = textOf(membersOf(body)['access_token']);
  if (token === undefined) throw new TokenRefused('an answer without a token');
  return token;
}

function causeOf(error: unknown): string {
  const code = textOf(membersOf(error)['code']);
  return code ?? (error instanceof Error ? error.name : 'unknown');
}

/** Shorter than the idle time-outs of load balancers: a call on a connection that they dropped would be lost. */
const idleConnectionTimeout = 30_000;

/**
 * The connection to Scalekit. The library's own manager takes its error listeners off a connection too early: a call
 * that meets a server's GOAWAY then ends the whole process (connectrpc/connect-es, issue 1768).
 */
export class GuardedSessionManager extends Http2SessionManager {
  constructor(environmentUrl: string) {
    super(environmentUrl, { idleConnectionTimeoutMs: idleConnectionTimeout });
  }

  override async request(
    ...call: Parameters<Http2SessionManager['request']>
  ): Promise<ClientHttp2Stream> {
    const stream = await super.request(...call);
    const { session } = stream;
    if (session !== undefined && !session.listeners('error').includes(ignore)) {
      session.on('error', ignore);
    }
    return stream;
  }

  /** Throws where no connection comes about: nothing was sent then. */
  async open(): Promise<void> {
    if ((await this.connect()) === 'error') {
      throw this.error() ?? new Error('the connection could not be opened');
    }
  }
}

/** The calls on the connection report the error themselves. */
function ignore(): void {}
