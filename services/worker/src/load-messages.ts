import type { AdmittedRequest, JobState, JsonObject } from '@pawl/contracts';
import { messagesOf, recentMessages } from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

/** What the model is given: the instructions, the conversation's earlier jobs, and this one's prompt and turns. */
export async function loadMessages(
  { store, settings }: Pick<WorkerDependencies, 'store' | 'settings'>,
  job: JobState,
  request: AdmittedRequest,
): Promise<JsonObject[]> {
  const [started, steps] = await Promise.all([
    store.startedJobs(job.conversation),
    store.readSteps(job.id),
  ]);
  const earlier = started.slice(0, Math.max(0, started.indexOf(job.id)));
  const histories = await Promise.all(earlier.map((id) => store.readHistory(id)));
  const kept = histories.filter((history) => history !== undefined);
  return [
    ...(request.instructions === '' ? [] : [{ role: 'system', content: request.instructions }]),
    ...recentMessages(kept, { characters: settings.historyCharacters }),
    ...messagesOf({ job, prompt: request.prompt, steps }),
  ];
}
