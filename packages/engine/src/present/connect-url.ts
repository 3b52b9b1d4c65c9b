import type { ConnectUrl } from './present-job.ts';

/** What a link carries: the job, and the secret that the job's waiting step was given. */
export function formatLinkToken(job: string, link: string): string {
  return `${job}.${link}`;
}

/** Links to the gateway as browsers reach it; the URL has no slash at its end. */
export function connectUrlOf(publicUrl: string): ConnectUrl {
  return (job, link) => `${publicUrl}/connect/${formatLinkToken(job, link)}`;
}
