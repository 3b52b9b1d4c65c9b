import { Problem } from '@pawl/contracts';
import { z } from 'zod';
import { PawlAnswerError, PawlApiError } from './errors.ts';
import { parseRetryAfter } from './retry-after.ts';

/** What came back over the wire, before it is understood. */
export interface RawAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

/**
 * The body of an answer, checked against the contract.
 *
 * @throws PawlApiError for every status outside 2xx, {@link PawlAnswerError} for a success that breaks the contract.
 */
export function readAnswer<Schema extends z.ZodType>(
  answer: RawAnswer,
  schema: Schema,
  now: number,
): z.output<Schema> {
  if (answer.status < 200 || answer.status > 299) throw toApiError(answer, now);
  const parsed = schema.safeParse(parseJson(answer.text));
  if (parsed.success) return parsed.data;
  throw new PawlAnswerError(
    `The gateway's answer does not keep to the contract (is it the same version as this client?):\n${z.prettifyError(parsed.error)}`,
  );
}

function toApiError({ status, retryAfter, text }: RawAnswer, now: number): PawlApiError {
  const problem = Problem.safeParse(parseJson(text));
  const seconds = parseRetryAfter(retryAfter, now);
  if (!problem.success) {
    return new PawlApiError({
      status,
      code: 'unexpected_answer',
      detail: `The address answered ${status}, and not as Pawl's gateway does. Is it the gateway's?`,
      retryAfter: seconds,
    });
  }
  const { code, detail, errors, request_id } = problem.data;
  return new PawlApiError({
    status,
    code,
    detail,
    errors,
    requestId: request_id,
    retryAfter: seconds,
  });
}

/** The value, or undefined for what is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
