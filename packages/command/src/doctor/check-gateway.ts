import { PawlApiError, type PawlClient, PawlConnectionError } from '@pawl/client';
import type { Check, Finding } from './findings.ts';

/** Webhooks carry the time of their signature, and receivers refuse what is five minutes off. Milliseconds. */
const mostOff = 10_000;

interface GatewayCheckSettings {
  readonly client: PawlClient;
  readonly url: string;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** The gateway: whether it answers and is ready, whether it knows the key, whether workers work, and its clock. */
export function checkGateway({ client, url, fetch, now }: GatewayCheckSettings): Check {
  return async (signal) => {
    const readiness = await client.readiness({ signal }).catch((error: unknown) => error);
    if (readiness instanceof PawlConnectionError) {
      const found = `Nothing answers at ${new URL(url).origin}.`;
      const advice = 'Start it (npm run serve), or say where it is: --url or PAWL_URL.';
      return [{ name: 'gateway', status: 'problem', found, advice }];
    }
    const problems = problemsOf(readiness);
    return [
      ...(problems.length === 0
        ? [{ name: 'gateway', status: 'ok', found: 'It answers, and workers are seen.' } as const]
        : problems.map((found) => ({ name: 'gateway', status: 'problem', found }) as const)),
      await keyFinding(client, signal),
      await clockFinding({ url, fetch, now }, signal),
    ];
  };
}

function problemsOf(readiness: unknown): readonly string[] {
  if (readiness instanceof Error) return [readiness.message];
  const { problems = [] } = readiness as { problems?: readonly string[] };
  return problems;
}

async function keyFinding(client: PawlClient, signal: AbortSignal): Promise<Finding> {
  const name = 'API key';
  try {
    await client.jobs.list({ limit: 1, signal });
    return { name, status: 'ok', found: 'Requests are answered.' };
  } catch (error) {
    if (!(error instanceof PawlApiError)) {
      return { name, status: 'problem', found: error instanceof Error ? error.message : 'unknown' };
    }
    const advice =
      error.status === 401
        ? 'Set PAWL_API_KEY to a key of this gateway; npm run keys -- create makes one.'
        : undefined;
    return {
      name,
      status: 'problem',
      found: error.detail,
      ...(advice !== undefined && { advice }),
    };
  }
}

async function clockFinding(
  { url, fetch, now }: Omit<GatewayCheckSettings, 'client'>,
  signal: AbortSignal,
): Promise<Finding> {
  const name = 'clock';
  try {
    const begun = now();
    const response = await fetch(new URL('healthz', withSlash(url)), { signal });
    await response.arrayBuffer();
    const theirs = Date.parse(response.headers.get('date') ?? '');
    const ours = (begun + now()) / 2;
    if (Number.isNaN(theirs))
      return { name, status: 'warning', found: 'The gateway tells no time.' };
    // The header has whole seconds.
    const off = Math.abs(theirs + 500 - ours);
    if (off <= mostOff) return { name, status: 'ok', found: 'This machine and the gateway agree.' };
    return {
      name,
      status: 'problem',
      found: `This machine and the gateway are ${Math.round(off / 1_000)} s apart.`,
      advice: 'Set both by NTP: webhooks are refused by receivers whose clock is five minutes off.',
    };
  } catch {
    return { name, status: 'warning', found: 'The time of the gateway cannot be read.' };
  }
}

function withSlash(url: string): string {
  return url.endsWith('/') ? url : `${url}/`;
}
