import type { JobDetail } from '@pawl/client';
import { draftOf, type JobDraft } from '../../components/job-draft.ts';
import { requestOf } from '../job/as-curl.ts';

/** A job to be run again, in its conversation. */
export function draftOfJob(job: JobDetail, agent: string | undefined): JobDraft {
  return draftOf({
    ...requestOf(job),
    conversation: job.conversation,
    ...(agent !== undefined && { agent }),
  });
}

/** What a job does not show of its request, as a sentence. */
export function missingOf({ agent, asked, prompt_parts: parts = [] }: JobDetail): string {
  const attached = parts.some(({ type }) => type !== 'text')
    ? ' Images and files of its prompt are not sent again.'
    : '';
  return `${ownOf(agent, asked)}${attached}`;
}

function ownOf(agent: JobDetail['agent'], asked: JobDetail['asked']): string {
  if (asked !== undefined) {
    return 'The job does not show a webhook of its own: fill it in where it had one.';
  }
  return agent === null
    ? 'The job does not show its instructions, its tool policy and its webhook: fill them in where it had any.'
    : 'Instructions and tools are the agent’s. What the job said of them besides, and its webhook, is not shown: fill it in where it had any.';
}
