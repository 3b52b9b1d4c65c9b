import { z } from 'zod';
import { ReachedLimit } from './tenant-limits.ts';

/** The codes of error answers. Stable: clients branch on them. */
export const problems = {
  malformed_request: { status: 400, title: 'The request is not valid HTTP' },
  malformed_json: { status: 400, title: 'The body is not valid JSON' },
  invalid_request: { status: 400, title: 'The request is not valid' },
  unknown_connection: { status: 400, title: 'A connection is not known' },
  unknown_agent: { status: 400, title: 'The agent is not known' },
  signature_invalid: { status: 401, title: 'The event is not signed as it has to be' },
  unauthorized: { status: 401, title: 'The API key is missing or wrong' },
  scope_missing: { status: 403, title: 'The API key may not do this' },
  operators_only: { status: 403, title: 'Only the operator may do this' },
  verification_mismatch: { status: 403, title: 'The account was asked of another user' },
  not_found: { status: 404, title: 'There is no such thing' },
  verification_unknown: { status: 404, title: 'The code is not known' },
  method_not_allowed: { status: 405, title: 'The method does not exist here' },
  request_timeout: { status: 408, title: 'The request did not arrive in time' },
  conversation_busy: { status: 409, title: 'The conversation has a job already' },
  conversation_full: { status: 409, title: 'The conversation has too many jobs in line' },
  idempotency_mismatch: { status: 409, title: 'The Idempotency-Key was used with another body' },
  approval_decided: { status: 409, title: 'The approval was decided otherwise' },
  result_not_awaited: { status: 409, title: 'No result of this call is awaited' },
  approval_settled: { status: 409, title: 'The outcome has become known meanwhile' },
  job_not_reopenable: { status: 409, title: 'The job cannot be retried' },
  trigger_failed: { status: 409, title: 'The event could not become a job' },
  trigger_limit: { status: 409, title: 'There are too many triggers' },
  delivery_in_progress: { status: 409, title: 'The webhook is being delivered' },
  webhook_secret_missing: { status: 409, title: 'There is no secret to sign webhooks with' },
  agent_exists: { status: 409, title: 'There is an agent of this name' },
  agent_from_file: { status: 409, title: 'The agent is kept in a file of the operator' },
  agent_in_use: { status: 409, title: 'Something posts jobs of the agent' },
  key_limit: { status: 409, title: 'There are too many API keys' },
  agent_limit: { status: 409, title: 'There are too many agents' },
  schedule_limit: { status: 409, title: 'There are too many schedules' },
  job_not_ended: { status: 409, title: 'The job has not ended' },
  calls_in_flight: { status: 409, title: 'Calls of the job are in flight' },
  job_changing: { status: 409, title: 'The job changes just now' },
  job_ended: { status: 409, title: 'The job has ended' },
  account_not_verified: { status: 409, title: 'The account did not become active' },
  version_mismatch: { status: 412, title: 'It has another version by now' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body is not application/json' },
  limit_reached: { status: 429, title: 'A limit is reached' },
  too_many_requests: { status: 429, title: 'The API key sends too many requests' },
  expectation_failed: { status: 417, title: 'The Expect header cannot be met' },
  headers_too_large: { status: 431, title: 'The headers are too large' },
  internal_error: { status: 500, title: 'Something went wrong in Pawl' },
  record_unreadable: { status: 500, title: 'What is stored cannot be read' },
  encryption_not_configured: { status: 501, title: 'Secrets cannot be stored' },
  scalekit_failed: { status: 502, title: 'Scalekit refuses the request' },
  scalekit_unavailable: { status: 503, title: 'Scalekit does not answer' },
  streams_full: { status: 503, title: 'Too many event streams are open' },
  record_newer: { status: 503, title: 'A newer version has written this' },
  storage_unavailable: { status: 503, title: 'Redis does not answer' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** RFC 9457, with a stable `code`. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  /** With `limit_reached`. */
  limit: ReachedLimit.optional(),
  request_id: z.string(),
});
export type Problem = z.infer<typeof Problem>;
