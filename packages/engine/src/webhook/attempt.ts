import type { DeliveryPhase, WebhookAttempt, WebhookDelivery } from '@pawl/contracts';
import { nothing, type Nothing } from '../commit/next-state.ts';
import type { TransitionContext, WebhookRules } from '../domain/rules.ts';
import type { DeliveryWrite, WebhookOutcome } from '../domain/webhook.ts';
import { changeDelivery, logged } from './delivery.ts';

export type AttemptDecision = { readonly kind: 'commit'; readonly write: DeliveryWrite } | Nothing;

/** The receiver wants nothing at this address any more. */
const gone = 410;

/** What follows from an attempt: done, again later, or dead. Only 2xx is success; a redirect is not followed. */
export function recordAttempt(
  before: WebhookDelivery,
  { epoch, outcome }: { epoch: number; outcome: WebhookOutcome },
  { now, random, rules }: TransitionContext,
): AttemptDecision {
  const { phase } = before;
  if (phase.status !== 'running' || phase.epoch !== epoch) {
    return nothing('the delivery is no longer this claim’s');
  }
  if (outcome.kind === 'aborted') {
    const ready = { status: 'ready', since: before.sequence + 1, notBefore: now } as const;
    return { kind: 'commit', write: { before, after: changeDelivery(before, ready) } };
  }
  const attempt = attemptOf(outcome, phase.startedAt, now);
  const tried = logged(before, attempt);
  const commit = (next: DeliveryPhase, endpoint?: 'disabled'): AttemptDecision => ({
    kind: 'commit',
    write: {
      before,
      after: changeDelivery(tried, next),
      ...(endpoint === undefined ? {} : { endpoint }),
    },
  });
  if (attempt.error === undefined) return commit({ status: 'succeeded', at: now });
  if (attempt.responseCode === gone) {
    return commit({ status: 'dead', at: now, reason: 'endpoint_gone' }, 'disabled');
  }
  const retryAfter = outcome.kind === 'answered' ? outcome.retryAfter : undefined;
  const next = nextAttempt(rules.webhooks, { tries: tried.tries, now, random, retryAfter });
  return next.kind === 'exhausted'
    ? commit({ status: 'dead', at: now, reason: 'attempts_exhausted' })
    : commit({ status: 'ready', since: before.sequence + 1, notBefore: next.time });
}

function attemptOf(
  outcome: Exclude<WebhookOutcome, { kind: 'aborted' }>,
  startedAt: number,
  finishedAt: number,
): WebhookAttempt {
  const { status } = outcome;
  const error = outcome.kind === 'failed' ? outcome.error : refusalOf(outcome.status);
  return {
    startedAt,
    finishedAt,
    ...(status === undefined ? {} : { responseCode: status }),
    ...(error === undefined ? {} : { error }),
  };
}

function refusalOf(status: number): WebhookAttempt['error'] {
  if (status >= 200 && status < 300) return undefined;
  if (status >= 300 && status < 400) {
    const message = `The receiver answered ${status}: redirects are not followed. Give the final URL.`;
    return { code: 'redirected', message };
  }
  if (status === gone) {
    return { code: 'gone', message: 'The receiver answered 410: it wants no more webhooks here.' };
  }
  return { code: 'refused', message: `The receiver answered ${status}; only 2xx is success.` };
}

export type NextAttempt =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'exhausted' };

/**
 * When to try again after `tries` attempts of which the last one failed now: by the schedule, with jitter, and never
 * before the receiver asked for.
 *
 * @param random a number from 0 (inclusive) to 1 (exclusive)
 */
export function nextAttempt(
  { schedule, jitter, retryAfterCap }: WebhookRules,
  {
    tries,
    now,
    random,
    retryAfter = 0,
  }: { tries: number; now: number; random: number; retryAfter?: number | undefined },
): NextAttempt {
  const planned = schedule[tries];
  if (planned === undefined) return { kind: 'exhausted' };
  const jittered = Math.round(planned * (1 + jitter * (2 * random - 1)));
  return { kind: 'at', time: now + Math.max(jittered, Math.min(retryAfter, retryAfterCap)) };
}
