import type { AdmittedRequest, JobState, JsonObject, StepRecord } from '@pawl/contracts';
import {
  budgetOf,
  type CheckableCall,
  lengthOf,
  type LookupFailure,
  modelMessages,
  nameTools,
  type OfferedTool,
  cutResults,
  type SentMessages,
  type Tool,
} from '@pawl/engine';
import type { SchemaChecker, SchemaProblem } from '@pawl/runtime';
import type { KnownJob } from './known-job.ts';
import type { History } from './read-ahead.ts';
import type { TaskSettings, WorkerDependencies } from './worker.ts';

/** Characters of JSON, of steps as a model is given them, with which a job's steps are kept from one step to the next. */
const mostKept = 100_000;

export interface TurnMessages {
  readonly messages: JsonObject[];
  /** What this job has recorded so far. */
  readonly steps: readonly StepRecord[];
  /** What the next step may go on with. */
  readonly known: KnownJob;
  /** True: some result is not whole in the messages. */
  readonly isCut: boolean;
  /** True: earlier prompts are given with more than their text. */
  readonly hasEarlierParts: boolean;
  /** How long they are, and how long they could be. Reckoned only where an endpoint finds them too long. */
  readonly sent: () => SentMessages;
}

/** What the model is given: the instructions, the conversation's earlier jobs, and this one's prompt and turns. */
export function messagesFor(
  { resultCharacters }: Pick<TaskSettings, 'resultCharacters'>,
  job: JobState,
  {
    request,
    history: { earlier, steps },
  }: { readonly request: AdmittedRequest; readonly history: History },
): TurnMessages {
  const { prompt, content } = request;
  const current = cutResults({ job, prompt, content, steps }, resultCharacters);
  const isPlain = job.plainHistory === job.model;
  const histories = earlier.map(({ history }) =>
    isPlain ? { ...history, content: undefined } : history,
  );
  const hasEarlier = earlier.length > 0;
  const messagesWithin = (budget: number | undefined) =>
    modelMessages({
      instructions: request.instructions,
      earlier: histories,
      current: current.history,
      model: request.models[job.model] ?? '',
      budget,
    });
  const messages = messagesWithin(budgetOf(job));
  const isKept = JSON.stringify(current.history.steps).length <= mostKept;
  return {
    messages,
    steps,
    known: { job, request, history: isKept ? { steps, hasEarlier } : undefined },
    hasEarlierParts: histories.some(({ content: parts }) => parts !== undefined),
    isCut: [...earlier, current].some(({ isCut }) => isCut),
    sent: () => ({ characters: lengthOf(messages), shortest: lengthOf(messagesWithin(0)) }),
  };
}

export type LoadedTools =
  | { readonly kind: 'loaded'; readonly tools: OfferedTool[] }
  | { readonly kind: 'account_inactive'; readonly connection: string }
  | LookupFailure;

/**
 * The tools of all of a job's connections. Listed one connection at a time, since the answer does not say which
 * connection a tool came from.
 */
export async function loadTools(
  { tools, log }: Pick<WorkerDependencies, 'tools' | 'log'>,
  { tenant, user }: JobState,
  { connections }: AdmittedRequest,
): Promise<LoadedTools> {
  const lists = await Promise.all(
    connections.map(async (connection) => {
      const account = { tenant, user, connection };
      const active = await tools.isAccountActive(account, { fresh: false });
      if (active.kind !== 'found') return active;
      if (!active.value) return { kind: 'account_inactive', connection } as const;
      return tools.listTools(account);
    }),
  );
  const failed = lists.find((list) => list.kind === 'fatal' || list.kind === 'transient');
  if (failed !== undefined) return failed;
  const inactive = lists.find((list) => list.kind === 'account_inactive');
  if (inactive !== undefined) return inactive;
  const all = lists.flatMap((list) => (list.kind === 'found' ? list.value : []));
  const named = nameTools(all);
  const news = named.leftOut.filter((tool) => !reported.has(tool));
  for (const tool of news) {
    reported.add(tool);
    const { name, connection } = tool;
    log.warn(
      { tool: name, connection },
      'tool left out: its schema is not one of an object, or too large',
    );
  }
  return { kind: 'loaded', tools: named.tools };
}

/** Lists of tools are cached: each of them is complained about once. */
const reported = new WeakSet<Tool>();

/**
 * In what the arguments of calls do not fit their tools' schemas, by the call's place in the reply. What can't be
 * checked, since the schema is unusable or the check took too long, counts as fitting: the tool itself will say what it
 * does not like.
 */
export async function checkArguments(
  schemas: SchemaChecker,
  calls: readonly CheckableCall[],
): Promise<ReadonlyMap<number, readonly string[]>> {
  const checked = await Promise.all(
    calls.map(async ({ index, tool, arguments: input }) => {
      const verdict = await schemas.check(tool.inputSchema, input);
      return [index, verdict.kind === 'invalid' ? verdict.problems.map(describe) : []] as const;
    }),
  );
  return new Map(checked);
}

function describe({ path, message }: SchemaProblem): string {
  return `${path === '' ? 'the arguments' : path} ${message}`;
}
