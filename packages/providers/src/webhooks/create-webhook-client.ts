import { lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { WebhookClient, WebhookOutcome } from '@pawl/engine';
import { sendHttp } from '../http/send-http.ts';
import type { TraceHeaders } from '../http/trace-headers.ts';
import { retryAfter } from '../model/error-body.ts';
import { createAddressGuard, type RefusedAddress } from './address-guard.ts';
import { describeFailure } from './describe-failure.ts';
import { signWebhook } from './sign-webhook.ts';

export interface WebhookClientSettings {
  /** The limit on a whole exchange in milliseconds: look-up, connection, TLS, request and answer. */
  readonly timeout: number;
  /** See {@link createAddressGuard}. */
  readonly allowedHosts: readonly string[];
  /** Told what was refused, for the operator: whoever owns the webhook is not told what its name stands for. */
  readonly onRefused?: (refused: RefusedAddress) => void;
  /** What each request says of the trace that it is a part of. */
  readonly traceHeaders?: TraceHeaders | undefined;
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
  onRefused,
  traceHeaders,
  lookup = systemLookup,
}: WebhookClientSettings): WebhookClient {
  const guard = createAddressGuard(allowedHosts, lookup, onRefused);

  async function exchange(
    { url, event, body, secrets }: Parameters<WebhookClient['send']>[0],
    signal: AbortSignal,
    note: (status: number) => void,
  ): Promise<WebhookOutcome> {
    const target = new URL(url);
    guard.checkHost(target.hostname);
    // No connection is kept: a receiver that closes an idle one would fail the next webhook.
    const { status, headers } = await sendHttp(
      {
        url: target,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Pawl-Webhooks/1',
          'accept-encoding': 'identity',
          ...traceHeaders?.(),
          ...signWebhook({ event, body, secrets }, new Date(Date.now())),
        },
        body,
        signal,
        lookup: guard.lookup,
      },
      (code) => {
        note(code);
        return answerBound;
      },
    );
    const said = headers['retry-after'];
    const wait = retryAfter(
      { get: (name) => (name === 'retry-after' ? (said ?? null) : null) },
      Date.now(),
      longestRest,
    );
    return {
      kind: 'answered',
      status,
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
        return await answer;
      } catch (error) {
        if (stopped.aborted) return { kind: 'aborted' };
        return {
          kind: 'failed',
          error: describeFailure(error, { timedOut: timeLimit.aborted, timeout }),
          ...(status === undefined ? {} : { status }),
        };
      }
    },
  };
}
