import type { Request } from 'express';

const longestWait = 60;

/** The seconds of `Prefer: wait=N` (RFC 7240), at most 60; undefined where it is not asked for, or not readable. */
export function waitPreference(request: Request): number | undefined {
  const preferences = request.get('Prefer')?.split(',') ?? [];
  for (const preference of preferences) {
    const seconds = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;|$)/i.exec(preference)?.[1];
    if (seconds !== undefined && Number(seconds) > 0) return Math.min(Number(seconds), longestWait);
  }
  return undefined;
}
