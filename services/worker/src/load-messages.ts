import type { AdmittedRequest, JobState, JsonObject } from '@pawl/contracts';
import {
  budgetOf,
  lengthOf,
  modelMessages,
  recentJobs,
  type JobHistory,
  type SentMessages,
} from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

/** Earlier jobs are read a few at a time, since most conversations need few and some are very long. */
const readAtOnce = 8;

export interface LoadedMessages {
  readonly messages: JsonObject[];
  /** How long they are, and how long they could be. Reckoned only where an endpoint finds them too long. */
  readonly sent: () => SentMessages;
}

/** What the model is given: the instructions, the conversation's earlier jobs, and this one's prompt and turns. */
export async function loadMessages(
  worker: Pick<WorkerDependencies, 'store' | 'settings'>,
  job: JobState,
  request: AdmittedRequest,
): Promise<LoadedMessages> {
  const [earlier, steps] = await Promise.all([
    loadEarlierJobs(worker, job),
    worker.store.readSteps(job.id),
  ]);
  const messagesWithin = (budget: number | undefined) =>
    modelMessages({
      instructions: request.instructions,
      earlier,
      current: { job, prompt: request.prompt, steps },
      model: request.models[job.model] ?? '',
      budget,
    });
  const messages = messagesWithin(budgetOf(job));
  return {
    messages,
    sent: () => ({ characters: lengthOf(messages), shortest: lengthOf(messagesWithin(0)) }),
  };
}

/** The newest jobs before this one, as many as the budget of characters lets in, oldest first. */
async function loadEarlierJobs(
  { store, settings }: Pick<WorkerDependencies, 'store' | 'settings'>,
  job: JobState,
): Promise<JobHistory[]> {
  const chunks: (readonly JobHistory[])[] = [];
  let left = Math.min(settings.historyCharacters, budgetOf(job) ?? Number.POSITIVE_INFINITY);
  for (let oldest = job.id; ;) {
    const piece = { where: 'before', job: oldest, limit: readAtOnce } as const;
    const ids = (await store.startedJobs(job.conversation, piece)) ?? [];
    const read = await Promise.all(ids.map((id) => store.readHistory(id)));
    const histories = read.filter((history): history is JobHistory => history !== undefined);
    const recent = recentJobs(histories, { characters: left });
    chunks.push(recent.jobs);
    left -= recent.characters;
    const [first] = ids;
    if (first === undefined || ids.length < readAtOnce || !recent.complete) break;
    oldest = first;
  }
  return chunks.toReversed().flat();
}
