import { exchange, type GatewayAddress } from './exchange.ts';

/** Whether the gateway can do its work now; `detail` is its own account of what is missing. */
export type Readiness =
  | { readonly ready: true }
  | { readonly ready: false; readonly detail: string };

const TIME_LIMIT_MILLISECONDS = 5_000;
const LONGEST_DETAIL = 2_000;

/**
 * Asks `/readyz` once.
 *
 * @throws PawlConnectionError if the gateway does not answer.
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
  return { ready: false, detail: `${status} ${text.slice(0, LONGEST_DETAIL)}`.trim() };
}
