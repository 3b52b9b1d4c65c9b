import { InvalidHttpAnswer } from '../http/send-http.ts';
import { RefusedAddressError } from './address-guard.ts';
import { WebhookSecretError } from './sign-webhook.ts';

export interface DeliveryError {
  readonly code: string;
  readonly message: string;
}

const connectionErrors: Readonly<Record<string, string>> = {
  ENOTFOUND: 'The host name does not exist.',
  EAI_AGAIN: 'The host name could not be resolved.',
  ECONNREFUSED: 'The receiver refused the connection.',
  ECONNRESET: 'The receiver cut the connection off.',
  EPIPE: 'The receiver cut the connection off.',
  HPE_HEADER_OVERFLOW: 'The receiver sent too many headers.',
};

/** Why no whole answer came, in words that may be shown to whoever owns the webhook. */
export function describeFailure(
  error: unknown,
  { timedOut, timeout }: { timedOut: boolean; timeout: number },
): DeliveryError {
  const causes = causesOf(error);
  const refusal = causes.find((cause) => cause instanceof RefusedAddressError);
  if (refusal !== undefined) {
    const message = `${refusal.message} The operator can allow it with WEBHOOK_ALLOWED_HOSTS.`;
    return { code: 'address_refused', message };
  }
  const unsigned = causes.find((cause) => cause instanceof WebhookSecretError);
  if (unsigned !== undefined) return { code: 'not_signed', message: unsigned.message };
  if (timedOut || causes.some((cause) => codeOf(cause)?.includes('TIMEOUT') === true)) {
    const message = `The receiver did not answer in full within ${timeout / 1_000} s.`;
    return { code: 'timed_out', message };
  }
  const code = causes.map(codeOf).find((each) => each !== undefined);
  const known = code === undefined ? undefined : connectionErrors[code];
  if (known !== undefined) return { code: 'not_reached', message: known };
  if (code !== undefined && /^(ERR_TLS|CERT_|DEPTH_|SELF_|UNABLE_|ERR_SSL|EPROTO)/.test(code)) {
    return { code: 'tls_failed', message: `The TLS connection failed: ${code}.` };
  }
  const invalid = causes.find((cause) => cause instanceof InvalidHttpAnswer);
  if (invalid !== undefined) {
    return { code: 'not_reached', message: `The receiver sent no HTTP: ${invalid.message}.` };
  }
  return {
    code: 'not_reached',
    message: `The receiver was not reached: ${code ?? 'unknown error'}.`,
  };
}

/** An error, its cause, and the attempts that an AggregateError stands for. */
function causesOf(error: unknown): Error[] {
  if (!(error instanceof Error)) return [];
  const attempts = error instanceof AggregateError ? error.errors.flatMap(causesOf) : [];
  return [error, ...attempts, ...causesOf(error.cause)];
}

function codeOf(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
