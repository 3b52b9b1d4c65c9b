import { expect, test } from 'vitest';
import { checkConnections } from './check-connections.ts';

const tools = { connections: async () => ({ kind: 'found', value: ['gmail'] }) as const };

test('a wrong default is told as one, since the request names no connection', async () => {
  await expect(checkConnections(tools, ['gmial'], undefined)).rejects.toMatchObject({
    code: 'unknown_connection',
    invalidFields: [
      { path: 'connections', message: expect.stringContaining('SCALEKIT_CONNECTION_NAME') },
    ],
  });
});

test('where Scalekit cannot be asked, nothing is refused', async () => {
  const failure = { code: 'scalekit_unavailable', message: 'away', retryable: true };
  const away = { connections: async () => ({ kind: 'transient', failure }) as const };
  await expect(checkConnections(away, ['gmial'], ['gmial'])).resolves.toBeUndefined();
});

test('where it was asked before, a name that it did not know then is not refused', async () => {
  const old = {
    connections: async () => ({ kind: 'found', value: ['gmail'], stale: true }) as const,
  };
  await expect(checkConnections(old, ['slack'], ['slack'])).resolves.toBeUndefined();
});
