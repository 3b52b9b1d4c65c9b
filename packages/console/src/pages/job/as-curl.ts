import type { JobDetail, JobRequest } from '@pawl/client';
import { plainJson } from '../../text/plain-json.ts';

/**
 * The body that posts a job again, in a new conversation: what its own body asked for, and its limits as they are now.
 * Of a job from before that was stored, as much as can be told from the job.
 */
export function requestOf(job: JobDetail): JobRequest {
  const limits = Object.entries(job.limits).filter(([, value]) => value !== null);
  return {
    prompt: job.prompt,
    ...(job.agent !== null && { agent: job.agent.name }),
    user: job.user,
    ...(job.asked ?? {
      ...(job.connections.length > 0 && { connections: job.connections }),
      // An agent says its own model.
      ...(job.agent === null && job.model !== '' && { model: job.model }),
      ...(Object.keys(job.metadata).length > 0 && { metadata: job.metadata }),
    }),
    limits: Object.fromEntries(limits) as NonNullable<JobRequest['limits']>,
  };
}

/** A command line that posts the body. The key comes from the environment of whoever runs it. */
export function asCurl(body: JobRequest): string {
  const url = new URL('v1/jobs', document.baseURI).href;
  return [
    `curl -s ${quoted(url)}`,
    `  -H "Authorization: Bearer $PAWL_API_KEY"`,
    `  -H 'Content-Type: application/json'`,
    `  -d ${quoted(plainJson(body))}`,
  ].join(' \\\n');
}

/** For a shell: between single quotes everything stands for itself but the single quote. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
