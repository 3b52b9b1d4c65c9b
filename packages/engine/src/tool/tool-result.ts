import {
  CallId,
  formatCallId,
  type Json,
  type JsonObject,
  type OutcomeRecord,
  parseCallId,
  type StepRecord,
} from '@pawl/contracts';
import type { JobHistory } from '../domain/job.ts';
import type { OfferedTool } from '../domain/tool.ts';
import { inexactNotice, resultText } from '../turn/history.ts';
import { beginningOf, hasInexactNumber } from '../turn/json-text.ts';
import { builtInConnection, builtInPrefix } from './offer.ts';

export const readToolResult: OfferedTool = {
  name: 'read_tool_result',
  tool: {
    name: `${builtInPrefix}read_tool_result`,
    connection: builtInConnection,
    description:
      'Reads more of a tool’s result that was cut because it is long. A cut result says by which id, and from which ' +
      'character, the rest can be read.',
    inputSchema: {
      type: 'object',
      properties: {
        result: { type: 'string', description: 'The id of the result, which starts with call_' },
        from: {
          type: 'integer',
          minimum: 0,
          description: 'The first character to read. Default: 0',
        },
      },
      required: ['result'],
    },
    declaredEffect: 'reads',
  },
};

/** Characters of a result that are read at a time. */
const pageCharacters = 15_000;

/** The end of a result is given with its beginning if it is no longer than this: a call for it would cost more. */
const spare = 500;

export interface CutHistory {
  readonly history: JobHistory;
  readonly isCut: boolean;
}

/**
 * A job's history as a model is given it: of a result that is longer than the budget the beginning, and how the rest is
 * read. What the job has stored stays whole. NUL is replaced, since some endpoints refuse a request for it.
 *
 * @param characters of a result's text
 */
export function cutResults(history: JobHistory, characters: number): CutHistory {
  const own = new Set(
    history.steps.flatMap((step) =>
      step.kind === 'call' && step.connection === builtInConnection ? [placeOf(step)] : [],
    ),
  );
  let isCut = false;
  const steps = history.steps.map((step): StepRecord => {
    if (step.kind !== 'outcome' || !('output' in step.answer) || own.has(placeOf(step)))
      return step;
    const { output } = step.answer;
    const text = resultText(output);
    if (text.length <= characters + spare) {
      return text.includes('\0') ? { ...step, answer: { output: withoutNul(text) } } : step;
    }
    isCut = true;
    const beginning = beginningOf(text, characters);
    const result = formatCallId({ job: history.job.id, turn: step.turn, index: step.index });
    const rest = JSON.stringify({ result, from: beginning.length });
    const note =
      `(Cut: this result has ${text.length} characters, of which the first ${beginning.length} are here. ` +
      `The rest: ${readToolResult.name} with ${rest})`;
    const notes = hasInexactNumber(output) ? [note, inexactNotice] : [note];
    return { ...step, answer: { output: [withoutNul(beginning), ...notes].join('\n') } };
  });
  return isCut || steps.some((step, index) => step !== history.steps[index])
    ? { history: { ...history, steps }, isCut }
    : { history, isCut };
}

function placeOf({ turn, index }: { turn: number; index: number }): string {
  return `${turn} ${index}`;
}

function withoutNul(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}

/** The job and the place of the result that a call asks for; undefined where it names none. */
export function resultAskedFor({ result }: JsonObject): ReturnType<typeof parseCallId> | undefined {
  const id = CallId.safeParse(result);
  return id.success ? parseCallId(id.data) : undefined;
}

/** @param steps of the result's job; absent where the conversation has no such job */
export function answerReadToolResult(
  steps: readonly StepRecord[] | undefined,
  input: JsonObject,
): OutcomeRecord['answer'] {
  const place = resultAskedFor(input);
  const outcome = steps?.find(
    (step): step is OutcomeRecord =>
      step.kind === 'outcome' && step.turn === place?.turn && step.index === place.index,
  );
  if (outcome === undefined) {
    const message =
      'There is no such result in this conversation: take the id from the cut result.';
    return { failure: { code: 'result_not_found', message, retryable: false } };
  }
  if ('failure' in outcome.answer) return { failure: outcome.answer.failure };
  const text = resultText(outcome.answer.output);
  const from = typeof input['from'] === 'number' ? Math.max(0, Math.floor(input['from'])) : 0;
  const page = beginningOf(text.slice(from), pageCharacters);
  const end = from + page.length;
  const shown: Json = withoutNul(page).toWellFormed();
  return {
    output: {
      from,
      characters: text.length,
      text: shown,
      next: page.length === 0 || end >= text.length ? null : end,
    },
  };
}
