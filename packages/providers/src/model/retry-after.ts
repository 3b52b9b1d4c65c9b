const longestWait = 3_600_000;

/**
 * How long an endpoint asks to wait, in milliseconds: `retry-after-ms`, or Retry-After as seconds or as an HTTP date.
 * Bounded, since nobody may make a job sleep for ever; undefined where nothing readable was said.
 */
export function retryAfter(
  headers: Pick<Headers, 'get'>,
  now: number,
  bound = longestWait,
): number | undefined {
  const wait =
    asNumber(headers.get('retry-after-ms'), 1) ??
    asNumber(headers.get('retry-after'), 1_000) ??
    untilDate(headers.get('retry-after'), now);
  return wait === undefined ? undefined : Math.min(Math.ceil(wait), bound);
}

function asNumber(text: string | null, unit: number): number | undefined {
  if (text === null || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text) * unit;
}

function untilDate(text: string | null, now: number): number | undefined {
  const date = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
