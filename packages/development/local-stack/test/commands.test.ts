import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeCheckout, type Checkout } from './checkout.ts';

let checkout: Checkout;

beforeEach(async () => {
  checkout = await makeCheckout();
});
afterEach(() => checkout.remove());

test('npm run serve ends with everything that it started when npm is told to end', async () => {
  const serve = checkout.npm(['run', 'serve']);
  await expect.poll(serve.printed).toContain('Pawl is ready: http');
  const exited = once(serve.process, 'exit');
  serve.process.kill('SIGTERM');
  await exited;
  await serve.closed;
  expect(serve.printed()).toMatch(/"outcome":"closed","msg":"stopped"/);
  // The note of a running Redis is gone too.
  const left = await readdir(join(checkout.directory, '.pawl/redis'));
  expect(left).toContain('appendonlydir');
  expect(left).not.toContain('server.json');
});

test('in production too, what the build needs is installed before it', async () => {
  await rm(join(checkout.directory, 'node_modules'), { recursive: true });
  const recorder = join(checkout.directory, 'npm.mjs');
  await writeFile(
    recorder,
    `import { mkdirSync, writeFileSync } from 'node:fs';
    writeFileSync('npm-words.txt', process.argv.slice(2).join(' '));
    mkdirSync('node_modules/.bin', { recursive: true });
    writeFileSync('node_modules/.package-lock.json', '{}');
    writeFileSync('node_modules/.bin/turbo', '#!/bin/sh\\n', { mode: 0o755 });`,
  );
  const environment = { NODE_ENV: 'production', npm_execpath: recorder };
  expect(await checkout.node(['scripts/prepare.mjs'], environment).closed).toBe(0);
  const words = await readFile(join(checkout.directory, 'npm-words.txt'), 'utf8');
  expect(words).toMatch(/^ci .*--include=dev/);
});

test('an installation without the build tools is made good', async () => {
  await rm(join(checkout.directory, 'node_modules/.bin/turbo'));
  const recorder = join(checkout.directory, 'npm.mjs');
  await writeFile(recorder, `process.exit(1);`);
  const prepare = checkout.node(['scripts/prepare.mjs'], { npm_execpath: recorder });
  expect(await prepare.closed).toBe(1);
  expect(prepare.printed()).toContain('The dependencies could not be installed');
});

test.each([
  ['a value', ['--conversation', 'conv_0_a'], 'npm start -- "…" --conversation …'],
  ['a value after =', ['--user=ann', '--json'], 'npm start -- "…" --user … --json'],
])('a flag with %s that npm took for itself is refused', async (_name, flags, remedy) => {
  const start = checkout.npm(['start', 'Show my mails', ...flags]);
  expect(await start.closed).toBe(2);
  expect(start.printed()).toContain(remedy);
});

test('what npm itself is configured with is no flag', async () => {
  const configuration = join(checkout.directory, 'user.npmrc');
  await writeFile(configuration, 'user=0\njson=true\n');
  const partial = { npm_config_userconfig: configuration, SCALEKIT_CLIENT_ID: 'id' };
  const start = checkout.npm(['start', 'Show my mails'], partial);
  expect(await start.closed).toBe(1);
  expect(start.printed()).toContain('SCALEKIT_CLIENT_SECRET is not set');
});

test('a production service that is not built says what to run', async () => {
  await rm(join(checkout.directory, 'services'));
  const gateway = checkout.npm(['run', 'gateway'], { NODE_ENV: 'production' });
  expect(await gateway.closed).toBe(1);
  expect(gateway.printed()).toContain('Not built: run npm run build first.');
  expect(gateway.printed()).not.toContain('    at ');
});

test('npm run pawl reads .env', async () => {
  await writeFile(join(checkout.directory, '.env'), 'PAWL_URL=ftp://nowhere\n');
  const run = checkout.npm(['run', 'pawl', '--', 'run', 'Hello']);
  expect(await run.closed).toBe(2);
  expect(run.printed()).toContain('PAWL_URL must be an http or https URL.');
});
