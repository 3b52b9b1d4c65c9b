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
