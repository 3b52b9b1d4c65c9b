import type { Job } from '@pawl/client';
import { draftOf, type JobDraft } from '../../components/job-draft.ts';

/** What the API shows of a job, to be run again. Of its limits, those that are no defaults. */
export function draftOfJob(job: Job, agent: string | undefined): JobDraft {
  const { limits } = job;
  return draftOf({
    prompt: job.prompt,
    conversation: job.conversation,
    user: job.user,
    connections: job.connections,
    limits: Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null)),
    ...(Object.keys(job.metadata).length > 0 && { metadata: job.metadata }),
    // The agent says its own model.
    ...(job.agent === null ? { model: job.model } : { agent: job.agent.name }),
    ...(agent !== undefined && { agent }),
  });
}

/** What a job does not show of its request, as a sentence; undefined: nothing is missing. */
export function missingOf({ agent, prompt_parts: parts = [] }: Job): string {
  const own =
    agent === null
      ? 'The job does not show its instructions, its tool policy and its webhook: fill them in where it had any.'
      : 'Instructions and tools are the agent’s. What the job said of them besides, and its webhook, is not shown: fill it in where it had any.';
  const attached = parts.some(({ type }) => type !== 'text')
    ? ' Images and files of its prompt are not sent again.'
    : '';
  return `${own}${attached}`;
}
