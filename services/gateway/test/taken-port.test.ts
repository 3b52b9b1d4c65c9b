import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createLogger } from '@pawl/runtime';
import { expect, test } from 'vitest';
import { serve } from '../src/serve.ts';

test('a port that is taken is named with its variable', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const log = createLogger({ name: 'test', level: 'silent' });
  const serving = serve({ host: '127.0.0.1', port, answer: () => () => undefined, log });
  await expect(serving).rejects.toThrow(`Port ${port} (from PORT) is taken.`);
  other.close();
});
