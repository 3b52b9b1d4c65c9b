import { createHash, timingSafeEqual } from 'node:crypto';
import { type Blocked, JobId, type JobState } from '@pawl/contracts';

export interface LinkToken {
  readonly job: string;
  /** The secret part. */
  readonly link: string;
}

/** Whether it is the token of a link of the application's own, `acl_<shard>_<secret>`. */
export function isAccountLink(token: string): boolean {
  return /^acl_\d{1,4}_[\w-]{43}$/.test(token);
}

/** Reads what `formatLinkToken` of the engine wrote. */
export function parseLinkToken(token: string): LinkToken | undefined {
  const dot = token.indexOf('.');
  const job = JobId.safeParse(token.slice(0, Math.max(0, dot)));
  const link = token.slice(dot + 1);
  return job.success && link !== '' ? { job: job.data, link } : undefined;
}

/** The connection that the holder of a link may authorize; undefined when no step of the job waits under it. */
export function connectionOfLink(job: JobState, link: string): string | undefined {
  return blockedSteps(job).find((step) => isSameSecret(step.link, link))?.connection;
}

function blockedSteps({ phase }: JobState): Blocked[] {
  if (phase.name === 'turn') return phase.step.status === 'blocked' ? [phase.step] : [];
  if (phase.name !== 'calls') return [];
  return phase.calls.flatMap(({ step }) => (step.status === 'blocked' ? [step] : []));
}

/** In constant time: digests are of one length. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)));
}

/** SHA-256 in hexadecimal. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Whether a browser may be sent there: http and https only. */
export function isWebAddress(url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { protocol } = new URL(url);
  return protocol === 'http:' || protocol === 'https:';
}
