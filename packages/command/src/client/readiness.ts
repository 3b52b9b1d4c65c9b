import { z } from 'zod';
import { exchange, type GatewayAddress, parseJson } from './exchange.ts';

/** Whether the gateway accepts jobs and workers work on them; else what stands against it, in sentences. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly problems: readonly string[] };

const TIME_LIMIT_MILLISECONDS = 5_000;

const NotReady = z.object({ status: z.literal('not_ready'), problems: z.array(z.string()) });

/**
 * Asks `/readyz` once.
 *
 * @throws PawlConnectionError if nothing answers.
 */
export async function checkReadiness(
  address: GatewayAddress,
  signal: AbortSignal | undefined,
): Promise<Readiness> {
  const { status, text } = await exchange(address, {
    method: 'GET',
    path: 'readyz',
    timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
    signal,
  });
  if (status === 200) return { ready: true };
  const answer = NotReady.safeParse(parseJson(text));
  const problems = answer.success ? answer.data.problems : [`The address answered ${status}.`];
  return { ready: false, problems };
}
