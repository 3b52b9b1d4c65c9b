import type { operations } from '../schema.ts';
import { exchange, type QueryValue, readAnswer } from './exchange.ts';
import type { Gateway } from './gateway.ts';
import { type OperationId, operationTable, pathOf, type RepeatRule } from './operations.ts';
import { isRefusedForNow, isTransient, repeat } from './repeat.ts';

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface KeyedCallOptions extends CallOptions {
  /** The same key and body make nothing twice. Absent: a random one for this call and its retries. */
  readonly idempotencyKey?: string | undefined;
}

/** Numbers, times and lists may be given as such. */
type QueryOf<Name, Value> = Name extends 'limit' | 'wait'
  ? number
  : Name extends 'connections'
    ? readonly string[]
    : Name extends 'created_from' | 'created_to'
      ? string | Date
      : Value;

/** The query of an operation, with the options of every call. */
export type OptionsOf<Id extends OperationId> = CallOptions & {
  readonly [Name in keyof NonNullable<operations[Id]['parameters']['query']>]?:
    | QueryOf<Name, NonNullable<operations[Id]['parameters']['query']>[Name]>
    | undefined;
};

/** The JSON that an operation answers with. */
export type AnswerOf<Id extends OperationId> = operations[Id]['responses'] extends infer Responses
  ? Responses[keyof Responses] extends { content: { 'application/json': infer Answer } }
    ? Answer
    : void
  : never;

interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string | undefined;
  readonly repeat?: RepeatRule;
  /** The gateway answers only after this time, if nothing happens. */
  readonly waitSeconds?: number | undefined;
  /** All attempts together take no longer than about this. */
  readonly longestMilliseconds?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Carries out an operation, over outages as far as that is safe. */
export type Send = <Id extends OperationId>(operation: Id, call?: Call) => Promise<AnswerOf<Id>>;

/** What carries out operations at a gateway. */
export function createSend(gateway: Gateway): Send {
  return async <Id extends OperationId>(operation: Id, call: Call = {}) => {
    const { method, path, repeat: ownRule } = operationTable[operation];
    const rule = call.repeat ?? ownRule;
    const request = {
      method,
      path: pathOf(operation, call.path ?? {}),
      ...(call.query && { query: call.query }),
      ...(rule === 'with_key' && { headers: keyHeader(call.idempotencyKey ?? randomKey()) }),
      body: call.body,
    };
    const longest = call.longestMilliseconds ?? Number.POSITIVE_INFINITY;
    const wait = (call.waitSeconds ?? 0) * 1000;
    const timeout = Math.min(gateway.timeoutMilliseconds + wait, longest);
    const attempt = async (previous: unknown) => {
      const answer = await exchange(gateway, request, timeout, call.signal);
      // An attempt whose answer got lost has deleted it.
      const isGone = method === 'DELETE' && answer.status === 404 && mayHaveHadEffect(previous);
      return isGone ? undefined : readAnswer(answer, `${method} ${path}`, Date.now());
    };
    const settings = {
      ...gateway.retry,
      longestMilliseconds: Math.min(gateway.retry.longestMilliseconds, longest),
    };
    const mayRepeat = rule === 'if_refused' ? isRefusedForNow : isTransient;
    // The answer is what the API document says, and may hold more.
    return (await repeat(attempt, mayRepeat, settings, call.signal)) as AnswerOf<Id>;
  };
}

function mayHaveHadEffect(error: unknown): boolean {
  return isTransient(error) && !isRefusedForNow(error);
}

/** @throws TypeError: `fetch` would take it for an outage. */
function keyHeader(key: string): Record<string, string> {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    throw new TypeError('An idempotency key is 1 to 255 letters, digits or signs, without spaces.');
  }
  return { 'idempotency-key': key };
}

/** `crypto.randomUUID` is missing in browsers on pages without TLS. */
function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
