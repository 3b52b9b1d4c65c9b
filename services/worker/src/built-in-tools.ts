import type { AdmittedRequest, Json, JsonObject, StepRecord } from '@pawl/contracts';
import {
  answerFindTools,
  type CheckableCall,
  findTools,
  foundTools,
  isAllowed,
  offerTools,
  type OfferedTool,
  type ToolPolicy,
} from '@pawl/engine';

/** The tools that Pawl answers itself, with the reply that asks for them. */
export const builtInTools: readonly OfferedTool[] = [findTools];

/**
 * What a model call offers: above the limit the best matches for what was said last, whatever was called or found
 * already, and the search for more.
 */
export function toolsOffered(
  tools: readonly OfferedTool[],
  {
    request,
    messages,
    steps,
    limit,
  }: {
    request: Pick<AdmittedRequest, 'prompt' | 'tools'>;
    messages: readonly JsonObject[];
    steps: readonly StepRecord[];
    limit: number;
  },
): OfferedTool[] {
  const offer = offerTools(tools, {
    policy: request.tools,
    text: `${request.prompt}\n${saidBefore(messages)}`,
    limit,
    known: [...namesCalled(messages), ...foundTools(steps)],
  });
  return offer.isPart ? [...offer.tools, findTools] : [...offer.tools];
}

/** What these calls of a reply are answered, by their places in it. Calls of other tools have no answer here. */
export function answerBuiltIns(
  calls: readonly CheckableCall[],
  { tools, policy }: { tools: readonly OfferedTool[]; policy: ToolPolicy },
): ReadonlyMap<number, Json> {
  const allowed = tools.filter(
    (offered) => !builtInTools.includes(offered) && isAllowed(policy, offered.tool.name),
  );
  return new Map(
    calls.flatMap(({ index, tool, arguments: input }) =>
      tool === findTools.tool ? [[index, answerFindTools(allowed, input)] as const] : [],
    ),
  );
}

/** What the person said before the last message, as far as it helps to tell what "it" is. */
function saidBefore(messages: readonly JsonObject[]): string {
  const said = messages.flatMap(({ role, content }) =>
    role === 'user' && typeof content === 'string' ? [content] : [],
  );
  return said.slice(-3, -1).join('\n').slice(0, 1_000);
}

function namesCalled(messages: readonly JsonObject[]): string[] {
  return messages.flatMap(({ tool_calls: calls }) =>
    Array.isArray(calls)
      ? calls.flatMap((call) => {
          const called = call as { function?: { name?: unknown } } | null;
          const name = called?.function?.name;
          return typeof name === 'string' ? [name] : [];
        })
      : [],
  );
}
