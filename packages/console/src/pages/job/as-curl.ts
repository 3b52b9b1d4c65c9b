import type { Job, JobRequest } from '@pawl/client';
import { plainJson } from '../../text/plain-json.ts';

/** What can be said again of a job: the API does not show all that its request held. */
export function requestOf(job: Job): JobRequest {
  return {
    prompt: job.prompt,
    ...(job.agent !== null && { agent: job.agent.name }),
    user: job.user,
    ...(job.connections.length > 0 && { connections: job.connections }),
    ...(job.model !== '' && { model: job.model }),
    ...(Object.keys(job.metadata).length > 0 && { metadata: job.metadata }),
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
