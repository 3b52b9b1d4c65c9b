export interface TrustSettings {
  readonly isProduction: boolean;
  /** Whether requests without an API key are answered now. */
  readonly isKeyless: boolean;
  readonly hasConnectVerifyUrl: boolean;
}

/** What whoever runs the gateway has to know about whom it trusts, as sentences. */
export function startNotices({
  isProduction,
  isKeyless,
  hasConnectVerifyUrl,
}: TrustSettings): string[] {
  const notices: string[] = [];
  if (isKeyless) {
    notices.push(
      'There is no API key yet, so every user and every program of this machine is answered. One command ends that: npm run keys -- create',
    );
  }
  if (isProduction && !hasConnectVerifyUrl) {
    notices.push(
      'CONNECT_VERIFY_URL is not set, so whoever opens a link to connect an account is taken for its user: give each link to its user only. docs/security.md says how your application can confirm the user.',
    );
  }
  return notices;
}

/** Why the gateway does not start without API keys, and what to do. */
export function missingKeys(host: string, environment: string): string {
  const reason =
    environment === 'production'
      ? 'With NODE_ENV=production the gateway needs an API key'
      : `On HOST=${host} others can reach the gateway, so it needs an API key`;
  return (
    `${reason}, and there is none yet.\n` +
    'Create one with: npm run keys -- create --name NAME\n' +
    'Or, to try Pawl on this machine alone, listen on HOST=127.0.0.1 without NODE_ENV=production.\n'
  );
}
