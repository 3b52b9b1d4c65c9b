/** Redis is there, and Pawl cannot work with it as it is: waiting does not help. */
export class RedisUnusableError extends Error {
  override readonly name = 'RedisUnusableError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join('\n'), options);
    this.problems = problems;
  }
}

const certificates =
  /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|CERT_|ERR_TLS_CERT_ALTNAME_INVALID|ERR_OSSL_X509)/;
const wantsCertificate =
  /CERTIFICATE_REQUIRED|ALERT_(?:BAD|UNKNOWN|UNSUPPORTED)_C|HANDSHAKE_FAILURE/;

/**
 * Why a connection cannot be made, however long one waits, as a sentence that says what to do. Undefined: it may be made
 * yet.
 */
export function lastingProblem(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { message } = error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (/^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password|ERR Client sent AUTH)/.test(message)) {
    return `Redis does not accept the user or the password in REDIS_URL: ${message}`;
  }
  if (message.startsWith('NOPERM')) return rightsProblem(message);
  if (certificates.test(code)) {
    return `The certificate of Redis is not trusted (${code}): name the authority that signed it in REDIS_URL, as ?ca=/path/to/ca.pem.`;
  }
  if (wantsCertificate.test(code)) {
    return `Redis does not accept the certificate of this client (${code}): name one in REDIS_URL, as ?cert=/path/to/client.pem&key=/path/to/client.key.`;
  }
  return 'lastNodeError' in error ? lastingProblem(error.lastNodeError) : undefined;
}

/** What to do about rights that are missing: words of Redis, or what is missing. */
export function rightsProblem(what: string): string {
  return `The user of Redis lacks rights: ${what}. docs/redis.md lists those that Pawl needs.`;
}
