import type { ModelClient, ModelOutcome, ModelRequest } from '@pawl/engine';
import OpenAI, { APIConnectionTimeoutError, APIError } from 'openai';
import { createTextCleaner } from '../clean-text.ts';
import { startDeadline } from '../deadline.ts';
import { type BoundedFetch, createBoundedFetch } from '../http/bounded-fetch.ts';
import { AnswerTooLarge, InvalidHttpAnswer, type OnChunk } from '../http/send-http.ts';
import type { TraceHeaders } from '../http/trace-headers.ts';
import { chatRequest, type OutputLimitField } from './chat-request.ts';
import { keepErrorBody } from './error-body.ts';
import { failureOfAnswer, failureOfReply, transientFailure } from './model-failure.ts';
import { membersOf } from './parse-body.ts';
import { providerPart } from './provider-wide.ts';
import { readBody } from './read-completion.ts';
import { createTextReader } from './stream-text.ts';

export interface ModelClientSettings {
  /** Of any OpenAI-compatible endpoint, up to and including `/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Milliseconds that one call may take, its whole answer included. */
  readonly timeout: number;
  /** How the endpoint wants the bound on the output to be called. Default: `max_completion_tokens`. */
  readonly outputLimitField?: OutputLimitField;
  /** How many bytes an answer may have; 4 MiB by default. More is never asked for again. */
  readonly maxAnswerBytes?: number;
  readonly now?: () => number;
  readonly fetch?: BoundedFetch;
  /** What each request says of the trace that it is a part of. */
  readonly traceHeaders?: TraceHeaders | undefined;
}

/**
 * The model over the `openai` package, which repeats nothing here: the queue owns retries. Failures are answered, not
 * thrown.
 */
export function createModelClient(settings: ModelClientSettings): ModelClient {
  const { outputLimitField = 'max_completion_tokens' } = settings;
  const { baseUrl, apiKey, timeout, maxAnswerBytes = 4_194_304, now = Date.now } = settings;
  const { traceHeaders } = settings;
  const { fetch = createBoundedFetch({ maxBytes: maxAnswerBytes }) } = settings;
  /** Models whose streams say less than their other replies do. */
  const unstreamable = new Set<string>();
  const clean = createTextCleaner(() => [apiKey]);
  const { host } = new URL(baseUrl);
  const openai = new OpenAI({
    baseURL: baseUrl,
    apiKey,
    // Else the package takes these from the environment.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    timeout,
    fetch: keepErrorBody(fetch),
  });

  function clientFor(onChunk: OnChunk | undefined): OpenAI {
    if (onChunk === undefined) return openai;
    return openai.withOptions({
      fetch: keepErrorBody((input, init) => fetch(input, init, onChunk)),
    });
  }

  async function complete(
    request: ModelRequest,
    signal: AbortSignal,
    onText?: (text: string) => void,
  ): Promise<ModelOutcome> {
    if (onText === undefined || unstreamable.has(request.model)) return exchange(request, signal);
    const outcome = await exchange(request, signal, createTextReader(onText));
    if (isUnmetered(outcome)) unstreamable.add(request.model);
    if (!refusesStream(outcome)) return outcome;
    unstreamable.add(request.model);
    return exchange(request, signal);
  }

  async function exchange(
    request: ModelRequest,
    signal: AbortSignal,
    onChunk?: OnChunk,
  ): Promise<ModelOutcome> {
    // The package's own time-out ends with the headers, but some endpoints keep the body coming for minutes.
    const deadline = startDeadline(timeout, signal);
    try {
      // A text, since the tools in it are written once, and the body is the endpoint's to judge: it holds options that
      // the package does not know.
      const isStreamed = onChunk !== undefined;
      const body = chatRequest(request, { outputLimitField, isStreamed });
      const response = await clientFor(onChunk)
        .post('/chat/completions', {
          body,
          signal: deadline.signal,
          headers: { 'content-type': 'application/json', ...traceHeaders?.() },
        })
        .asResponse();
      const text = await response.text();
      const { headers } = response;
      return readBody(text, { model: request.model, clean, now: now(), headers });
    } catch (error) {
      if (signal.aborted) return { kind: 'aborted' };
      if (deadline.hasPassed() || error instanceof APIConnectionTimeoutError) {
        return transientFailure(
          'model_timeout',
          `The model endpoint ${host} gave no answer within ${timeout} ms.`,
        );
      }
      if (causeIn(error, AnswerTooLarge) !== undefined) {
        const message =
          `The model endpoint ${host} answered with more than ${maxAnswerBytes} bytes. ` +
          'Ask for less, or raise MODEL_ANSWER_BYTES.';
        const failure = { code: 'model_answer_too_large', message, retryable: false };
        return { kind: 'other_model', failure };
      }
      const invalid = causeIn(error, InvalidHttpAnswer);
      if (invalid !== undefined) {
        return failureOfReply(
          clean(`The model endpoint ${host} sent no HTTP: ${invalid.message}.`),
        );
      }
      if (error instanceof APIError && error.status !== undefined) {
        const { body } = membersOf(error.error);
        const headers = error.headers ?? new Headers();
        const { model } = request;
        const answer = { status: error.status, headers, body };
        return failureOfAnswer(answer, { clean, now: now(), model });
      }
      return transientFailure(
        'model_unavailable',
        clean(`The connection to the model endpoint ${host} failed: ${causeOf(error)}`),
      );
    } finally {
      deadline.clear();
    }
  }

  return { complete, providerOf: (model) => `${host}/${providerPart(model)}` };
}

/** A reply that does not say what it has cost: limits would not count it. */
function isUnmetered(outcome: ModelOutcome): boolean {
  if (outcome.kind !== 'reply') return false;
  const { inputTokens, outputTokens, costUsd } = outcome.reply;
  return inputTokens + outputTokens + costUsd === 0;
}

/** Some endpoints know no streams, or not the option by which a stream says what it has cost. */
function refusesStream(outcome: ModelOutcome): boolean {
  if (outcome.kind !== 'other_model' || outcome.failure.code !== 'model_bad_request') return false;
  return /stream|include_usage/i.test(outcome.failure.message);
}

/** The package wraps what its fetch throws. */
function causeIn<Cause extends Error>(
  error: unknown,
  type: new (...parameters: never[]) => Cause,
): Cause | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof type) return each;
  }
  return undefined;
}

/** The system's name of what went wrong, such as ECONNREFUSED: the package's own text says only "Connection error". */
function causeOf(error: unknown): string {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  const { code } = membersOf(deepest);
  if (typeof code === 'string') return code;
  return deepest instanceof Error ? deepest.message : String(deepest);
}
