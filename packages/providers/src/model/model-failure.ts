import type { ModelFailure } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import { isObject, membersOf, textOf } from '../read-json.ts';
import { tooLong } from './context-length.ts';
import { retryAfter } from './retry-after.ts';

/** An answer of the endpoint that is not a completion. `body` is its JSON, or its text. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  readonly body: unknown;
}

const quotaCodes = new Set(['free_quota_exceeded', 'insufficient_quota', 'insufficient_credits']);
const longestQuota = 31 * 86_400_000;

/** What an error status means for the job, and what the provider said of it. */
export function failureOfAnswer(
  answer: ErrorAnswer,
  { clean, now }: { clean: CleanText; now: number },
): ModelFailure {
  const { status, headers, body } = answer;
  const describe = (said: string) => clean(`${said} (HTTP ${status})${ending(messageIn(body))}`);
  const fatal = (code: string, said: string): ModelFailure => ({
    kind: 'fatal',
    failure: { code, message: describe(said), retryable: false },
  });
  const transient = (code: string, said: string): ModelFailure => {
    const wait = retryAfter(headers, now);
    return {
      kind: 'transient',
      failure: { code, message: describe(said), retryable: true },
      ...(wait === undefined ? {} : { retryAfter: wait }),
    };
  };
  if (status === 402 || (status === 429 && isQuota(body))) {
    const resetAt = resetTime(body, now) ?? afterWait(headers, now);
    return {
      kind: 'quota',
      failure: {
        code: 'model_quota_exceeded',
        message: describe('The quota or the credits at the model endpoint are used up'),
        retryable: true,
      },
      ...(resetAt === undefined ? {} : { resetAt }),
    };
  }
  const long = tooLong(status, body, messageIn(body));
  if (long !== undefined) {
    return {
      kind: 'context_length',
      failure: {
        code: 'model_context_length',
        message: describe('The request is longer than the model’s context'),
        retryable: false,
      },
      ...long,
    };
  }
  switch (status) {
    case 401:
      return fatal('model_unauthorized', 'The model endpoint refused the API key');
    case 403:
      return fatal('model_forbidden', 'The model endpoint forbids this request');
    case 404:
      return fatal('model_not_found', 'The model endpoint does not know this model or address');
    case 408:
      return transient('model_timeout', 'The model endpoint ran out of time');
    case 409:
      return transient('model_unavailable', 'The model endpoint reports a conflict');
    case 429:
      return transient('model_rate_limited', 'The model endpoint asks for fewer requests');
    case 504:
      return transient('model_timeout', 'The model endpoint’s provider gave no answer in time');
    default:
      return status >= 500
        ? transient('model_unavailable', 'The model endpoint failed')
        : fatal('model_bad_request', 'The model endpoint refused the request');
  }
}

/** Ways in which no answer came, or none that can be used. The provider's own words follow where there are any. */
export function transientFailure(
  code: 'model_timeout' | 'model_unavailable' | 'model_invalid_response',
  message: string,
): ModelFailure {
  return { kind: 'transient', failure: { code, message, retryable: true } };
}

/** What a body says went wrong: OpenAI's shape, a bare string, FastAPI's `detail`, or plain text. */
export function messageIn(body: unknown): string | undefined {
  if (typeof body === 'string') return textOf(body);
  const { error, message, detail } = membersOf(body);
  return (
    textOf(error) ??
    textOf(membersOf(error)['message']) ??
    textOf(message) ??
    textOf(detail) ??
    (isObject(body) && Object.keys(body).length > 0 ? JSON.stringify(error ?? body) : undefined)
  );
}

function ending(said: string | undefined): string {
  return said === undefined ? '.' : `: ${said}`;
}

/** The error's own members: most endpoints nest them, some do not. */
function errorMembers(body: unknown): Readonly<Record<string, unknown>> {
  const whole = membersOf(body);
  return { ...whole, ...membersOf(whole['error']) };
}

function isQuota(body: unknown): boolean {
  const { code, type } = errorMembers(body);
  return [code, type].some((name) => typeof name === 'string' && quotaCodes.has(name));
}

/** `reset_at` as ISO 8601, or as seconds or milliseconds since 1970. */
function resetTime(body: unknown, now: number): number | undefined {
  const { reset_at: value } = errorMembers(body);
  const time =
    typeof value === 'number'
      ? value < 1e11
        ? value * 1_000
        : value
      : Date.parse(textOf(value) ?? '');
  return Number.isFinite(time) ? Math.min(Math.ceil(time), now + longestQuota) : undefined;
}

function afterWait(headers: Pick<Headers, 'get'>, now: number): number | undefined {
  const wait = retryAfter(headers, now, longestQuota);
  return wait === undefined ? undefined : now + wait;
}
