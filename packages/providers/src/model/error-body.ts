import { isTextNestedDeeper, jsonDepthLimit } from '@pawl/contracts';

const keptCharacters = 20_000;

/** An error status of the endpoint as the openai package hands it on once `keepErrorBody` has wrapped it. */
interface KeptError {
  readonly body: unknown;
}

/**
 * The openai package keeps only the `error` member of an error's body, but some endpoints say what is wrong beside it
 * or without it. This puts the whole body there.
 */
export function keepErrorBody(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    // A POST that is redirected may come back as the GET of a page: a redirect is an error here, too.
    const response = await fetch(input, { ...init, redirect: 'manual' });
    if (response.ok) return response;
    const text = (await response.text()).slice(0, keptCharacters);
    const kept: KeptError = { body: parse(text) };
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const name of ['retry-after', 'retry-after-ms', 'location']) {
      const value = response.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    return new Response(JSON.stringify({ error: kept }), { status: response.status, headers });
  };
}

/** What is nested too deep stays text: writing it as JSON again would end with a stack overflow. */
function parse(text: string): unknown {
  if (isTextNestedDeeper(text, jsonDepthLimit)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

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
