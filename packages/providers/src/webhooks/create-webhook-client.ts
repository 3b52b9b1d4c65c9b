import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { WebhookClient, WebhookOutcome } from '@pawl/engine';
import { Agent, buildConnector, request } from 'undici';
import { retryAfter } from '../model/retry-after.ts';
import { createAddressGuard, RefusedAddressError, type AddressGuard } from './address-guard.ts';
import { describeFailure } from './describe-failure.ts';
import { signWebhook } from './sign-webhook.ts';

export interface WebhookClientSettings {
  /** The limit on a whole exchange in milliseconds: look-up, connection, TLS, request and answer. */
  readonly timeout: number;
  /** See {@link createAddressGuard}. */
  readonly allowedHosts: readonly string[];
  /** How names are resolved; by default as everything else on this machine. */
  readonly lookup?: LookupFunction;
}

/** The rest of an answer is not read: its status has said all. */
const answerBound = 65_536;
/** A receiver may ask for a day's rest; the engine's rules bound it again. */
const longestRest = 7 * 86_400_000;

/**
 * Sends signed webhooks. Every attempt has a connection of its own, to an address that was checked when it was
 * resolved; redirects are not followed.
 */
export function createWebhookClient({
  timeout,
  allowedHosts,
  lookup = systemLookup,
}: WebhookClientSettings): WebhookClient & { close(): Promise<void> } {
  const guard = createAddressGuard(allowedHosts, lookup);
  const agent = new Agent({
    connect: guardedConnector(guard, timeout),
    // No connection is kept: a receiver that closes an idle one would fail the next webhook.
    pipelining: 0,
    headersTimeout: timeout,
    bodyTimeout: timeout,
    maxHeaderSize: 16_384,
  });

  async function exchange(
    { url, event, body, secrets }: Parameters<WebhookClient['send']>[0],
    signal: AbortSignal,
    note: (status: number) => void,
  ): Promise<WebhookOutcome> {
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Pawl-Webhooks/1',
        ...signWebhook({ event, body, secrets }, new Date()),
      },
      body,
      dispatcher: agent,
      signal,
    });
    note(statusCode);
    await answer.dump({ limit: answerBound, signal });
    const said = headers['retry-after'];
    const wait = retryAfter(
      { get: (name) => (name === 'retry-after' ? (firstOf(said) ?? null) : null) },
      Date.now(),
      longestRest,
    );
    return {
      kind: 'answered',
      status: statusCode,
      ...(wait === undefined ? {} : { retryAfter: wait }),
    };
  }

  return {
    async send(webhook, stopped) {
      const timeLimit = AbortSignal.timeout(timeout);
      let status: number | undefined;
      try {
        const signal = AbortSignal.any([timeLimit, stopped]);
        const answer = exchange(webhook, signal, (code) => {
          status = code;
        });
        // undici does not hear of an abort while a connection is being made.
        return await Promise.race([answer, rejectOnAbort(signal)]);
      } catch (error) {
        if (stopped.aborted) return { kind: 'aborted' };
        return {
          kind: 'failed',
          error: describeFailure(error, { timedOut: timeLimit.aborted, timeout }),
          ...(status === undefined ? {} : { status }),
        };
      }
    },
    close: () => agent.destroy(),
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

function guardedConnector(guard: AddressGuard, timeout: number): buildConnector.connector {
  const connect = buildConnector({ timeout, lookup: guard.lookup });
  return (options, done) => {
    try {
      guard.checkHost(options.hostname);
    } catch (error) {
      done(error instanceof Error ? error : new RefusedAddressError(String(error)), null);
      return;
    }
    connect(options, done);
  };
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
