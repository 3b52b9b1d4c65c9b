import type { AdmittedRequest, JobState, JsonObject } from '@pawl/contracts';
import { messagesOf, recentMessages, type JobHistory } from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

/** Earlier jobs are read a few at a time, since most conversations need few and some are very long. */
const readAtOnce = 8;

/** What the model is given: the instructions, the conversation's earlier jobs, and this one's prompt and turns. */
export async function loadMessages(
  worker: Pick<WorkerDependencies, 'store' | 'settings'>,
  job: JobState,
  request: AdmittedRequest,
): Promise<JsonObject[]> {
  const [earlier, steps] = await Promise.all([
    loadEarlierMessages(worker, job),
    worker.store.readSteps(job.id),
  ]);
  return [
    ...(request.instructions === '' ? [] : [{ role: 'system', content: request.instructions }]),
    ...earlier,
    ...messagesOf({ job, prompt: request.prompt, steps }),
  ];
}

/** The newest jobs before this one, as many as the budget of characters lets in. */
async function loadEarlierMessages(
  { store, settings }: Pick<WorkerDependencies, 'store' | 'settings'>,
  job: JobState,
): Promise<JsonObject[]> {
  const started = await store.startedJobs(job.conversation);
  const earlier = started.slice(0, Math.max(0, started.indexOf(job.id)));
  const chunks: JsonObject[][] = [];
  let left = settings.historyCharacters;
  for (let end = earlier.length; end > 0; end -= readAtOnce) {
    const ids = earlier.slice(Math.max(0, end - readAtOnce), end);
    const read = await Promise.all(ids.map((id) => store.readHistory(id)));
    const histories = read.filter((history): history is JobHistory => history !== undefined);
    const recent = recentMessages(histories, { characters: left });
    chunks.push(recent.messages);
    left -= recent.characters;
    if (!recent.complete) break;
  }
  return chunks.toReversed().flat();
}
