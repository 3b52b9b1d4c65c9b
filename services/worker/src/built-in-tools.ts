import { shardOfId } from '@pawl/contracts';
import type {
  AdmittedRequest,
  JobState,
  JsonObject,
  OutcomeRecord,
  StepRecord,
} from '@pawl/contracts';
import {
  answerFindTools,
  answerReadToolResult,
  type CheckableCall,
  findTools,
  foundTools,
  isAllowed,
  offerTools,
  type OfferedTool,
  readToolResult,
  resultAskedFor,
  type Store,
  type ToolPolicy,
} from '@pawl/engine';

/** The tools that Pawl answers itself, with the reply that asks for them. */
export const builtInTools: readonly OfferedTool[] = [findTools, readToolResult];

/**
 * What a model call offers: above the limit the best matches for what was said last, whatever was called or found
 * already, and the search for more. Where a result is
 * not given whole, reading on is offered, too.
 */
export function toolsOffered(
  tools: readonly OfferedTool[],
  {
    request,
    messages,
    steps,
    isCut,
    limit,
  }: {
    request: Pick<AdmittedRequest, 'prompt' | 'tools'>;
    messages: readonly JsonObject[];
    steps: readonly StepRecord[];
    isCut: boolean;
    limit: number;
  },
): OfferedTool[] {
  const offer = offerTools(tools, {
    policy: request.tools,
    text: `${request.prompt}\n${saidBefore(messages)}`,
    limit,
    known: [...namesCalled(messages), ...foundTools(steps)],
  });
  return [...offer.tools, ...(offer.isPart ? [findTools] : []), ...(isCut ? [readToolResult] : [])];
}

interface AskedCalls {
  readonly job: JobState;
  readonly calls: readonly CheckableCall[];
  readonly tools: readonly OfferedTool[];
  readonly policy: ToolPolicy;
}

/** What these calls of a reply are answered, by their places in it. Calls of other tools have no answer here. */
export async function answerBuiltIns(
  store: Pick<Store, 'readJob' | 'readSteps'>,
  { job, calls, tools, policy }: AskedCalls,
): Promise<ReadonlyMap<number, OutcomeRecord['answer']>> {
  const allowed = tools.filter(
    (offered) => !builtInTools.includes(offered) && isAllowed(policy, offered.tool.name),
  );
  const answers = new Map<number, OutcomeRecord['answer']>();
  for (const { index, tool, arguments: input } of calls) {
    if (tool === findTools.tool) {
      answers.set(index, { output: answerFindTools(allowed, input) });
    } else if (tool === readToolResult.tool) {
      answers.set(index, answerReadToolResult(await stepsAskedFor(store, job, input), input));
    }
  }
  return answers;
}

/** The steps of the job whose result is asked for: this one, or another one of its conversation. */
async function stepsAskedFor(
  store: Pick<Store, 'readJob' | 'readSteps'>,
  job: JobState,
  input: JsonObject,
): Promise<readonly StepRecord[] | undefined> {
  const asked = resultAskedFor(input);
  if (asked === undefined) return undefined;
  if (asked.job !== job.id) {
    const owner = shardOfId(asked.job) === shardOfId(job.id) && (await store.readJob(asked.job));
    if (!owner || owner.conversation !== job.conversation) return undefined;
  }
  return store.readSteps(asked.job);
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
