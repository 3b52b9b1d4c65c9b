import type { ModelFailure } from '@pawl/engine';
import type { CleanText } from '../clean-text.ts';
import { failureOfAnswer } from './model-failure.ts';
import { isObject, membersOf, textOf } from './parse-body.ts';

/** What error names mean as an HTTP status, where a gateway names an error without a number. */
const statusOfName: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  context_length_exceeded: 400,
  content_filter: 400,
  authentication_error: 401,
  invalid_api_key: 401,
  insufficient_quota: 402,
  insufficient_credits: 402,
  billing_error: 402,
  free_quota_exceeded: 429,
  permission_error: 403,
  not_found_error: 404,
  model_not_found: 404,
  timeout: 408,
  rate_limit_error: 429,
  rate_limit_exceeded: 429,
  server_error: 500,
  api_error: 500,
  overloaded_error: 529,
};

type Members = Readonly<Record<string, unknown>>;

/** The error in a body, or in a choice, that came as a success; undefined where there is none. */
export function errorIn(body: Members): unknown {
  const { error, choices, message } = body;
  if (saysNothing(error)) {
    const isError =
      body['object'] === 'error' || body['type'] === 'error' || isStatus(body['code']);
    // A choice has a message that is an object, and no code.
    return isError && choices === undefined && !isObject(message) ? body : undefined;
  }
  return error;
}

/** What an error in a success is, as if it had come with its own status; undefined where it names none. */
export function failureOfError(
  error: unknown,
  {
    clean,
    now,
    headers,
    model,
  }: { clean: CleanText; now: number; headers: Pick<Headers, 'get'>; model: string },
): ModelFailure | undefined {
  const status = statusIn(membersOf(error));
  if (status === undefined) return undefined;
  const body = { error };
  return failureOfAnswer({ status, headers, body, inSuccess: true }, { clean, now, model });
}

function saysNothing(error: unknown): boolean {
  if (error === undefined || error === null || error === false || error === '') return true;
  return isObject(error) && Object.keys(error).length === 0;
}

function statusIn({ code, status, type, status_code: statusCode }: Members): number | undefined {
  for (const value of [code, status, statusCode]) if (isStatus(value)) return Number(value);
  for (const value of [code, type, status]) {
    const name = textOf(value)?.toLowerCase();
    if (name !== undefined && Object.hasOwn(statusOfName, name)) return statusOfName[name];
  }
  return undefined;
}

function isStatus(value: unknown): boolean {
  const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  return isNumber && Number.isInteger(Number(value)) && Number(value) >= 400 && Number(value) < 600;
}
