import type { JsonObject } from '@pawl/contracts';
import { lengthOf } from './history.ts';
import { beginningOf } from './well-formed.ts';

/** Characters that are left of a result, however many there are. */
const shortestResult = 200;

/** A result that is longer than the cap by no more than this would not get shorter. */
const noticeLength = 160;

/**
 * The turns' messages with the results of calls shortened to what there is room for: those of earlier turns first, since
 * the model has read them once, and the long ones before the short ones.
 */
export function shortenResults(turns: readonly JsonObject[][], room: number): JsonObject[][] {
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
