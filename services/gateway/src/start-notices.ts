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
