import type { JobState, MessageBudget } from '@pawl/contracts';

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
