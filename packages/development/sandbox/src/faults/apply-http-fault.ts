import { setTimeout as wait } from 'node:timers/promises';
import type { Response } from 'express';
import type { CallDescription, FaultEffect, Holds } from './fault.ts';
import { sendOversizeCompletion } from './oversize-answer.ts';

const dayMilliseconds = 86_400_000;

export interface HttpFaultSetting {
  readonly call: CallDescription;
  readonly holds: Holds;
  readonly signal: AbortSignal;
  readonly response: Response;
  readonly now: () => number;
}

/** `go-on` where the call is to be handled as usual, `ended` where it was answered or cut off. */
export type HttpFaultOutcome = 'go-on' | 'ended';

const types: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'insufficient_credits',
  403: 'permission_error',
  404: 'not_found_error',
  422: 'unprocessable_entity',
  429: 'rate_limit_exceeded',
};

/** An error in the shape that OpenAI's clients understand. */
export function openAiError(status: number, message: string, code?: string, more: object = {}) {
  const type = types[status] ?? 'server_error';
  return { error: { message, type, param: null, code: code ?? type, ...more } };
}

function answerQuota(response: Response, resetAt: string | undefined, now: number): void {
  const nextMidnight = (Math.floor(now / dayMilliseconds) + 1) * dayMilliseconds;
  const until = resetAt === undefined ? nextMidnight : Date.parse(resetAt);
  const message = 'The free quota of this model is used up for today';
  const reset = { reset_at: new Date(until).toISOString() };
  response
    .status(429)
    .set('Retry-After', String(Math.max(0, Math.ceil((until - now) / 1000))))
    .json(openAiError(429, message, 'free_quota_exceeded', reset));
}

function answerRateLimit(
  response: Response,
  { scope, retryAfterSeconds }: Extract<FaultEffect, { kind: 'rate_limited' }>,
  { model = '', provider = '' }: CallDescription,
): void {
  const message =
    scope === 'provider'
      ? `The provider ${provider} asks for fewer requests`
      : `Rate limit reached for ${model} on requests per minute`;
  response
    .status(429)
    .set('Retry-After', String(retryAfterSeconds))
    .json(openAiError(429, message));
}

/** Strikes an HTTP/1.1 call. Faults that change a model's answer are left to the model. */
export async function applyHttpFault(
  effect: FaultEffect,
  setting: HttpFaultSetting,
): Promise<HttpFaultOutcome> {
  const { response } = setting;
  switch (effect.kind) {
    case 'http_status':
      if (effect.retryAfterSeconds !== undefined) {
        response.set('Retry-After', String(effect.retryAfterSeconds));
      }
      response
        .status(effect.status)
        .json(
          openAiError(
            effect.status,
            effect.message ?? `sandbox fault: ${effect.status}`,
            effect.code,
          ),
        );
      return 'ended';
    case 'quota_exhausted':
      answerQuota(response, effect.resetAt, setting.now());
      return 'ended';
    case 'rate_limited':
      answerRateLimit(response, effect, setting.call);
      return 'ended';
    case 'hang': {
      const how = await setting.holds.hold(setting.call, setting.signal);
      return how === 'released' ? 'go-on' : 'ended';
    }
    case 'delay':
      await wait(effect.milliseconds, undefined, setting).catch(() => undefined);
      return setting.signal.aborted ? 'ended' : 'go-on';
    case 'drop_connection':
    case 'reset_stream':
      response.socket?.destroy();
      return 'ended';
    case 'error_in_success':
      response.json(
        openAiError(500, effect.message ?? 'The provider returned an error', 'provider_error'),
      );
      return 'ended';
    case 'no_choices':
      response.json({
        id: 'gen-sandbox',
        object: 'chat.completion',
        model: setting.call.model ?? '',
      });
      return 'ended';
    case 'oversize_answer':
      await sendOversizeCompletion(response, effect);
      return 'ended';
    case 'unasked_continue':
      response.writeContinue();
      return 'go-on';
    case 'bad_arguments':
    case 'odd_reply':
    case 'deep_answer':
      return 'go-on';
    case 'grpc_status':
      response
        .status(500)
        .json(openAiError(500, 'sandbox: grpc_status is a fault of RPCs, use http_status here'));
      return 'ended';
  }
}
