import type { AdmittedRequest, JobRequest, Json, JsonObject } from '@pawl/contracts';
import { invalidField } from '../http/problem-error.ts';
import type { JobDefaults } from '../settings.ts';

/** The parts of a job's request that never change, every default filled in. */
export function completeRequest(body: JobRequest, defaults: JobDefaults): AdmittedRequest {
  const model = body.model ?? defaults.model;
  if (model === undefined) {
    throw invalidField('model', 'is required, since FASTROUTER_MODEL is not set');
  }
  return {
    prompt: body.prompt,
    models: [model, ...body.fallback_models],
    modelOptions: definedOnly(body.model_options),
    instructions: body.instructions ?? defaults.instructions,
    ...(body.response_format !== undefined && {
      responseFormat: definedOnly(body.response_format),
    }),
    connections: [...new Set(body.connections ?? defaults.connections)],
    tools: definedOnly(body.tools),
    metadata: body.metadata,
  };
}

/** A year, as for `delay_seconds`. */
const longestDelay = 31_536_000_000;

/**
 * When the job may start, in milliseconds since 1970; undefined for "now".
 *
 * @throws ProblemError for a start that is more than a year away.
 */
export function startTimeOf(body: JobRequest, now: number): number | undefined {
  if (body.delay_seconds !== undefined) return now + body.delay_seconds * 1_000;
  if (body.start_at === undefined) return undefined;
  const startAt = Date.parse(body.start_at);
  if (startAt > now + longestDelay) throw invalidField('start_at', 'must be within a year');
  return startAt;
}

/** JSON has no undefined: absent keys stay absent. */
function definedOnly(value: object): JsonObject {
  return Object.fromEntries<Json>(Object.entries(value).filter(([, inner]) => inner !== undefined));
}
