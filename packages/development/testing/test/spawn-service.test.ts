import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { spawnService, type ServiceSettings } from '../src/index.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pawl-spawn-service-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function service(name: string, code: string): Promise<ServiceSettings> {
  const file = join(folder, `${name}.mjs`);
  await writeFile(file, code);
  return { entry: relative(root, file), env: { GREETING: 'hello' } };
}

test('runs a service as a process of its own until it is stopped', async () => {
  const running = await spawnService(
    await service(
      'polite',
      `console.log(process.env.GREETING, process.env.NODE_ENV);
       process.on('SIGTERM', () => { console.log('bye'); process.exit(0); });
       setInterval(() => {}, 1000);
       console.log('ready on 1234');`,
    ),
  );
  expect(running.readyLine).toBe('ready on 1234');
  expect(await running.stop()).toEqual({ code: 0, signal: null });
  expect(running.lines).toEqual(['hello test', 'ready on 1234', 'bye']);
});

test('kills it like a crash', async () => {
  const running = await spawnService(
    await service('stubborn', `console.log('ready'); setInterval(() => {}, 1000);`),
  );
  running.kill('SIGKILL');
  expect(await running.exited).toEqual({ code: null, signal: 'SIGKILL' });
});

test('shows what a service printed that ends before it is ready', async () => {
  const settings = await service(
    'broken',
    `console.error('REDIS_URL is not set.'); process.exit(1);`,
  );
  await expect(spawnService(settings)).rejects.toThrow(
    /ended with code 1 before it was ready; it printed:\nREDIS_URL is not set\./,
  );
});

test('says what to do when the service was not built', async () => {
  await expect(spawnService({ entry: 'services/none/dist/main.js', env: {} })).rejects.toThrow(
    'services/none/dist/main.js is not there: build it with npx turbo build.',
  );
});
