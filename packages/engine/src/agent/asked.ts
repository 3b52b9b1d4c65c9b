import { type AdmittedRequest, AskedFields, type JobRequest, type Json } from '@pawl/contracts';

type Asked = NonNullable<AdmittedRequest['asked']>;

/** What replaces the agent's: the request has it as the body had it, and it is not stored twice. */
const kept = ['model', 'fallback_models', 'instructions', 'response_format'] as const;

/** What the request has only together with what agent, tenant and defaults say. */
const merged = ['connections', 'model_options', 'tools', 'limits', 'metadata'] as const;

type AskingBody = Partial<
  Pick<
    JobRequest,
    (typeof kept)[number] | (typeof merged)[number] | 'on_unknown_outcome' | 'priority'
  >
>;

/** What a body says itself, to be stored with the request that it came to. It holds no webhook. */
export function askedOf(body: AskingBody): Asked {
  const { on_unknown_outcome: onUnknownOutcome = 'check', priority = 0 } = body;
  const said: [string, Json | undefined][] = [
    ...merged.map((name): [string, Json | undefined] => [name, body[name] as Json | undefined]),
    ['on_unknown_outcome', onUnknownOutcome === 'check' ? undefined : onUnknownOutcome],
    ['priority', priority === 0 ? undefined : priority],
  ];
  return {
    kept: kept.filter((name) => body[name] !== undefined),
    merged: Object.fromEntries(
      said.filter((pair): pair is [string, Json] => pair[1] !== undefined),
    ),
  };
}

/** What the body of an admitted request said itself; undefined where that is not known. */
export function askedFields(request: AdmittedRequest): AskedFields | undefined {
  const { asked, models, instructions, responseFormat } = request;
  if (asked === undefined) return undefined;
  const [model, ...fallbackModels] = models;
  const standing = {
    model,
    fallback_models: fallbackModels,
    instructions,
    response_format: responseFormat,
  };
  const fields = kept.flatMap((name) =>
    asked.kept.includes(name) ? [[name, standing[name]] as const] : [],
  );
  return AskedFields.safeParse({ ...asked.merged, ...Object.fromEntries(fields) }).data;
}
