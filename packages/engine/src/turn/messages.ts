import type { JobState, JsonObject, MessageBudget } from '@pawl/contracts';
import type { JobHistory } from '../domain/job.ts';
import { type HistoryTurn, lengthOf, turnsOf } from './history.ts';
import { beginningOf } from './json-text.ts';
import { spokenContent } from './prompt-content.ts';
import { type CallIds, createCallIds, repairedTurn } from './repaired-turn.ts';

export interface ModelMessagesInput {
  readonly instructions: string;
  /** The conversation's jobs before this one, oldest first. */
  readonly earlier: readonly JobHistory[];
  readonly current: JobHistory;
  /** The model that is asked, by the name that the job uses. */
  readonly model: string;
  /** Characters of JSON that the messages may be; undefined where nothing has limited them yet. */
  readonly budget: number | undefined;
}

/**
 * The messages of a model call, in a form that the strictest endpoint takes, whatever endpoints, models and clients have
 * said: users and assistants alternate, nothing is empty, and every call has arguments that are an object, an id of its
 * own and one answer right after it. (Unicode is made well-formed in the whole request, by the model client.)
 *
 * Over the budget the oldest jobs are left out, whole; then results of this job's calls are shortened; then its oldest
 * turns are left out, and the model is told which calls they made.
 */
export function modelMessages(input: ModelMessagesInput): JsonObject[] {
  const { instructions, current, model, budget } = input;
  const ids = createCallIds();
  const earlier = withoutRefused(input.earlier).map((history) =>
    earlierMessages(history, model, ids),
  );
  const system: JsonObject[] =
    instructions.trim() === '' ? [] : [{ role: 'system', content: instructions }];
  const opening: JsonObject = { role: 'user', content: spokenContent(current) };
  const turns = turnsOf(current).map((turn) => ({
    turn,
    messages: repairedTurn(turn, { job: current.job.id, model, ids }),
  }));
  if (budget === undefined) {
    const own = turns.flatMap(({ messages }) => messages);
    return [...system, ...alternating([...earlier.flat(), opening, ...own])];
  }
  const own = fitted(opening, turns, budget - lengthOf(system));
  const kept = newest(earlier, budget - lengthOf(system) - lengthOf(own));
  return [...system, ...alternating([...kept.flat(), ...own])];
}

/** Whether a content filter refused the job's prompt or cut its answer off. */
function wasRefused({ job: { phase } }: JobHistory): boolean {
  if (phase.name !== 'ended') return false;
  const { ending } = phase;
  return ending.status === 'incomplete'
    ? ending.stopReason === 'content_filter'
    : ending.status === 'failed' && ending.failure.code === 'model_content_filtered';
}

/**
 * Two refusals in a row can be about what both requests held: the history before them. So that such a conversation
 * goes on, it begins anew after them.
 */
function withoutRefused(earlier: readonly JobHistory[]): readonly JobHistory[] {
  const refused = earlier.map((history) => wasRefused(history));
  const last = refused.findLastIndex(
    (isRefused, index) => isRefused && refused[index - 1] === true,
  );
  return earlier.slice(last + 1);
}

/** An earlier job's messages, which end with an answer: where there is none, with a sentence that says so. */
function earlierMessages(history: JobHistory, model: string, ids: CallIds): JsonObject[] {
  const { job } = history;
  const turns = turnsOf(history);
  if (wasRefused(history)) {
    // What was refused would have the next request refused as well.
    const left = '(A message was left out here: a content filter refused it, or its answer.)';
    return [
      { role: 'user', content: left },
      { role: 'assistant', content: `(No answer.${callsMade(turns)})` },
    ];
  }
  const messages = turns.flatMap((turn) => repairedTurn(turn, { job: job.id, model, ids }));
  const isAnswered = messages.at(-1)?.['role'] === 'assistant';
  return [
    { role: 'user', content: spokenContent(history) },
    ...messages,
    ...(isAnswered ? [] : [{ role: 'assistant', content: `(No answer: ${endOf(job)}.)` }]),
  ];
}

function endOf({ phase }: JobState): string {
  if (phase.name !== 'ended') return 'the job has not ended';
  const { ending } = phase;
  switch (ending.status) {
    case 'failed':
      return `the job failed with ${ending.failure.code}`;
    case 'incomplete':
      return `the job reached a limit: ${ending.stopReason}`;
    case 'completed':
    case 'cancelled':
    case 'expired':
      return `the job was ${ending.status}`;
  }
}

function callsMade(turns: readonly HistoryTurn[]): string {
  const calls = turns.flatMap((turn) => turn.calls);
  if (calls.length === 0) return '';
  const listed = calls.map(
    ({ record, answer }) =>
      `${record.name} ${'output' in answer ? 'succeeded' : answer.failure.code}`,
  );
  return ` Tools were called: ${listed.slice(0, 100).join(', ')}.`;
}

function newest(jobs: readonly JsonObject[][], room: number): JsonObject[][] {
  let used = 0;
  const first = jobs.findLastIndex((messages) => {
    used += lengthOf(messages);
    return used > room;
  });
  return jobs.slice(first + 1);
}

interface RepairedTurn {
  readonly turn: HistoryTurn;
  readonly messages: JsonObject[];
}

/** This job's messages within the room that there is, as far as they can be. */
function fitted(opening: JsonObject, turns: readonly RepairedTurn[], room: number): JsonObject[] {
  const whole = [opening, ...turns.flatMap(({ messages }) => messages)];
  if (lengthOf(whole) <= room) return whole;
  const shortened = shortenResults(
    turns.map(({ messages }) => messages),
    room - lengthOf([opening]),
  );
  let left = 0;
  const rest = () => shortened.slice(left).flat();
  // The last turn stays: its results are what the model is asked about.
  while (left < turns.length - 1 && lengthOf([opening, ...rest()]) > room) left += 1;
  if (left === 0) return [opening, ...rest()];
  const made = callsMade(turns.slice(0, left).map(({ turn }) => turn));
  const note = `(${left} earlier ${left === 1 ? 'turn was' : 'turns were'} left out here: there was no room.${made})`;
  return [opening, { role: 'assistant', content: note }, ...rest()];
}

/**
 * Users and assistants in turn, calls and their answers counting as the assistant's, and a user or an answer to a call
 * at the end: what is missing between two messages is put there.
 */
function alternating(messages: readonly JsonObject[]): JsonObject[] {
  const result: JsonObject[] = [];
  for (const message of messages) {
    const before = result.at(-1);
    if (before !== undefined && message['role'] === 'user' && before['role'] !== 'assistant') {
      result.push({ role: 'assistant', content: '(No answer.)' });
    }
    if (message['role'] === 'assistant' && endsTurn(before)) result.push(goOn);
    result.push(message);
  }
  return endsTurn(result.at(-1)) ? [...result, goOn] : result;
}

const goOn: JsonObject = { role: 'user', content: 'Go on.' };

function endsTurn(message: JsonObject | undefined): boolean {
  return message?.['role'] === 'assistant' && message['tool_calls'] === undefined;
}

/** What was sent in the model call that was too long. Lengths are characters of JSON. */
export interface SentMessages {
  readonly characters: number;
  /** The same messages with everything left out or shortened that may be. */
  readonly shortest: number;
}

/** Each call costs a request: after so many the messages are what they are. */
const mostTrims = 8;

/** What its endpoint counts includes the tools, and its tokens are no fixed number of characters. */
const margin = 0.9;

/** The characters of messages that the job's next model call may send; undefined where nothing has limited them. */
export function budgetOf({
  messageBudget,
  model,
}: Pick<JobState, 'messageBudget' | 'model'>): number | undefined {
  return messageBudget?.model === model ? messageBudget.characters : undefined;
}

/**
 * The budget after a request that was too long: the part that would have fitted, or half where the endpoint did not
 * say. Undefined where nothing is left to leave out, so that trying again would change nothing.
 */
export function smallerBudget(
  job: Pick<JobState, 'messageBudget' | 'model'>,
  { characters, shortest }: SentMessages,
  fits: number | undefined,
): MessageBudget | undefined {
  const before = job.messageBudget?.model === job.model ? job.messageBudget.trims : 0;
  if (before >= mostTrims || characters <= shortest) return undefined;
  const part = fits === undefined ? 0.5 : Math.min(0.9, Math.max(0.1, fits * margin));
  return { model: job.model, characters: Math.floor(characters * part), trims: before + 1 };
}

/** Characters that are left of a result, however many there are. */
const shortestResult = 200;

/** A result that is longer than the cap by no more than this would not get shorter. */
const noticeLength = 160;

/**
 * The turns' messages with the results of calls shortened to what there is room for: those of earlier turns first, since
 * the model has read them once, and the long ones before the short ones.
 */
function shortenResults(turns: readonly JsonObject[][], room: number): JsonObject[][] {
  const last = turns.slice(-1);
  const earlier = cappedTo(turns.slice(0, -1), room - lengthOf(last.flat()));
  return [...earlier, ...cappedTo(last, room - lengthOf(earlier.flat()))];
}

/** The greatest cap on each result with which the turns fit, found by halving. */
function cappedTo(turns: readonly JsonObject[][], room: number): JsonObject[][] {
  const capped = (cap: number) =>
    turns.map((messages) => messages.map((message) => cut(message, cap)));
  const longest = Math.max(0, ...turns.flat().map((message) => resultOf(message)?.length ?? 0));
  if (lengthOf(turns.flat()) <= room) return capped(longest);
  let [fits, exceeds] = [shortestResult, longest];
  while (exceeds - fits > 50) {
    const middle = Math.floor((fits + exceeds) / 2);
    if (lengthOf(capped(middle).flat()) <= room) fits = middle;
    else exceeds = middle;
  }
  return capped(fits);
}

function cut(message: JsonObject, cap: number): JsonObject {
  const content = resultOf(message);
  if (content === undefined || content.length <= cap + noticeLength) return message;
  const beginning = beginningOf(content, cap);
  return {
    ...message,
    content: `${beginning}\n(Shortened: this result has ${content.length} characters, of which the first ${beginning.length} are here. Ask for less at a time to see the rest.)`,
  };
}

function resultOf({ role, content }: JsonObject): string | undefined {
  return role === 'tool' && typeof content === 'string' ? content : undefined;
}
