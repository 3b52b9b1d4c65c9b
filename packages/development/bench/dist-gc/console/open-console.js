import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort, startLocalStack } from '@pawl/local-stack';
import { findRepositoryRoot } from '@pawl/runtime';
import { connectSandboxControl } from '@pawl/sandbox';
import { chromium } from 'playwright-core';
const places = [
  process.env['PAWL_TEST_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
/** @throws Error where there is no Chromium. */
export async function openConsole() {
  const executablePath = places.find((place) => place !== '' && existsSync(place));
  if (executablePath === undefined) {
    throw new Error('This needs Chromium: install it, or set PAWL_TEST_CHROMIUM to its path.');
  }
  const directory = await mkdtemp(join(tmpdir(), 'pawl-console-'));
  const stack = await startLocalStack({
    repositoryRoot: findRepositoryRoot(import.meta.url) ?? process.cwd(),
    directory,
    environment: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(await findFreePort()),
      // What a checkout is configured for is not what is shown.
      SCALEKIT_ENVIRONMENT_URL: '',
      PAWL_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
      WEBHOOK_ALLOWED_HOSTS: '127.0.0.1',
    },
    logs: 'files',
    say: () => undefined,
    signal: new AbortController().signal,
  });
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  if (stack.sandbox === undefined) throw new Error('The sandbox does not run.');
  return {
    url: stack.gatewayUrl,
    browser,
    sandbox: connectSandboxControl(stack.sandbox.url),
    async send(path, body) {
      const response = await fetch(new URL(path, stack.gatewayUrl), {
        ...(body !== undefined && {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} was answered ${response.status}: ${text}`);
      return JSON.parse(text);
    },
    async close() {
      await browser.close();
      await stack.stop();
      await rm(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
//# sourceMappingURL=open-console.js.map
