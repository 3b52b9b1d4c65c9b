import type { ModelFailure } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import { tooLong } from './context-length.ts';
import { retryAfter } from './error-body.ts';
import { natureOf } from './error-nature.ts';
import { isObject, membersOf, textOf } from './parse-body.ts';
import { isProviderWide } from './provider-wide.ts';

/** An answer of the endpoint that is not a completion. `body` is its JSON, or its text. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Pick<Headers, 'get'>;
  readonly body: unknown;
  /** The error stood in an answer that called itself a success. */
  readonly inSuccess?: boolean;
}

/** What a failure is to the job, its code for clients, and how it is described to people. */
interface Class {
  readonly kind: ModelFailure['kind'];
  readonly code: string;
  readonly said: string;
}

const quota = {
  kind: 'quota',
  code: 'model_quota_exceeded',
  said: 'The quota or the credits at the model endpoint are used up',
} as const;

/** What error bodies say goes before the status: endpoints use the same one for many things. */
const classByNature = {
  quota,
  content_filter: {
    kind: 'other_model',
    code: 'model_content_filtered',
    said: 'A content filter of the model endpoint refused the messages',
  },
  content: {
    kind: 'content',
    code: 'model_content_unsupported',
    said: 'The model does not take images or files',
  },
  unknown_model: {
    kind: 'other_model',
    code: 'model_not_found',
    said: 'The model endpoint does not know this model',
  },
  forbidden_model: {
    kind: 'other_model',
    code: 'model_forbidden',
    said: 'The model endpoint forbids this model',
  },
} as const satisfies Record<NonNullable<ReturnType<typeof natureOf>>, Class>;

const contextLength = {
  kind: 'context_length',
  code: 'model_context_length',
  said: 'The request is longer than the model’s context',
} as const;

const classByStatus: Readonly<Record<number, Class>> = {
  401: {
    kind: 'fatal',
    code: 'model_unauthorized',
    said: 'The model endpoint refused the API key',
  },
  402: quota,
  403: {
    kind: 'other_model',
    code: 'model_forbidden',
    said: 'The model endpoint forbids this request',
  },
  404: {
    kind: 'other_model',
    code: 'model_not_found',
    said: 'The model endpoint does not know this model or address',
  },
  408: {
    kind: 'transient',
    code: 'model_timeout',
    said: 'The model endpoint ran out of time',
  },
  409: {
    kind: 'transient',
    code: 'model_unavailable',
    said: 'The model endpoint reports a conflict',
  },
  425: {
    kind: 'transient',
    code: 'model_unavailable',
    said: 'The model endpoint asks to come back later',
  },
  429: {
    kind: 'transient',
    code: 'model_rate_limited',
    said: 'The model endpoint asks for fewer requests',
  },
  504: {
    kind: 'transient',
    code: 'model_timeout',
    said: 'The model endpoint’s provider gave no answer in time',
  },
};

const refusal = {
  kind: 'other_model',
  code: 'model_bad_request',
  said: 'The model endpoint refused the request',
} as const;

/** Every other status, by its hundred. */
const classByHundred: Readonly<Record<number, Class>> = {
  3: {
    kind: 'fatal',
    code: 'model_redirected',
    said: 'The model endpoint answered with a redirect, which is not followed. Set FASTROUTER_BASE_URL to the address where the endpoint really is',
  },
  4: refusal,
  5: {
    kind: 'transient',
    code: 'model_unavailable',
    said: 'The model endpoint failed',
  },
};

const longestQuota = 31 * 86_400_000;

/** What an error status means for the job, and what the provider said of it. */
export function failureOfAnswer(
  answer: ErrorAnswer,
  { clean, now, model }: { clean: CleanText; now: number; model: string },
): ModelFailure {
  const { status, headers, body, inSuccess = false } = answer;
  const long = tooLong(status, body, messageIn(body));
  const { kind, code, said } = classOf(answer, long !== undefined);
  const shown = inSuccess ? `code ${status} in an HTTP 200` : `HTTP ${status}`;
  const words = status < 400 ? targetOf(headers) : messageIn(body);
  const message = clean(`${said} (${shown})${words === undefined ? '.' : `: ${words}`}`);
  const retryable = kind === 'transient' || kind === 'quota';
  const failure = { code, message, retryable };
  switch (kind) {
    case 'transient': {
      const wait = retryAfter(headers, now);
      if (wait === undefined) return { kind, failure };
      const pausesProvider = status === 429 && isProviderWide(body, model);
      return { kind, failure, retryAfter: wait, ...(pausesProvider ? { pausesProvider } : {}) };
    }
    case 'quota': {
      const resetAt = resetTime(body, now) ?? afterWait(headers, now);
      return { kind, failure, ...(resetAt === undefined ? {} : { resetAt }) };
    }
    case 'context_length':
      return { kind, failure, ...long };
    case 'unusable':
    case 'content':
    case 'other_model':
    case 'fatal':
      return { kind, failure };
  }
}

function classOf({ status, body }: ErrorAnswer, isTooLong: boolean): Class {
  const nature = natureOf(status, body, messageIn(body) ?? '');
  if (nature === 'quota') return quota;
  if (isTooLong) return contextLength;
  return nature === undefined
    ? (classByStatus[status] ?? classByHundred[Math.floor(status / 100)] ?? refusal)
    : classByNature[nature];
}

/** Ways in which no answer came. */
export function transientFailure(
  code: 'model_timeout' | 'model_unavailable',
  message: string,
): ModelFailure {
  return { kind: 'transient', failure: { code, message, retryable: true } };
}

/** An answer that cannot be used. */
export function failureOfReply(message: string): ModelFailure {
  return {
    kind: 'unusable',
    failure: { code: 'model_invalid_response', message, retryable: true },
  };
}

/** What a body says went wrong: OpenAI's shape, a bare string, FastAPI's `detail`, an array with one, or plain text. */
export function messageIn(body: unknown): string | undefined {
  if (typeof body === 'string') return textOf(body);
  if (Array.isArray(body)) return messageIn(body[0]);
  const { error, message, detail } = membersOf(body);
  return (
    textOf(error) ??
    textOf(membersOf(error)['message']) ??
    textOf(message) ??
    textOf(detail) ??
    (isObject(body) && Object.keys(body).length > 0 ? JSON.stringify(error ?? body) : undefined)
  );
}

/** Where a redirect leads: without its query, which may hold secrets. */
function targetOf(headers: Pick<Headers, 'get'>): string | undefined {
  const location = textOf(headers.get('location'));
  if (location === undefined) return undefined;
  return URL.canParse(location)
    ? `${new URL(location).origin}${new URL(location).pathname}`
    : location.replace(/[?#].*$/, '');
}

/** `reset_at` as ISO 8601, or as seconds or milliseconds since 1970. */
function resetTime(body: unknown, now: number): number | undefined {
  const whole = membersOf(body);
  const { reset_at: value } = { ...whole, ...membersOf(whole['error']) };
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
