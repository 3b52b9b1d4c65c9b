import { existsSync } from 'node:fs';
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
} from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';

const places = [
  process.env['PAWL_TEST_CHROMIUM'] ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

const program = places.find((place) => place !== '' && existsSync(place));

/** What needs a real browser is left out on a machine that has none, but never where `CI` is set. */
export const hasNoChromium = program === undefined && !process.env['CI'];

if (hasNoChromium) {
  process.stderr.write(
    'Tests in a real browser are left out: no Chromium or Chrome was found. Install chromium, or set PAWL_TEST_CHROMIUM to the path of one.\n',
  );
}

/** No sandbox of its own, since tests may run as root; and nothing that asks the internet by itself. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

interface Chromium {
  /** A person's browser: cookies of its own, closed with the test. */
  open(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/**
 * One headless Chromium for the tests of a file.
 *
 * @param further flags, such as where names lead to
 */
export function startChromium(further: readonly string[] = []): Chromium {
  let browser: Browser | undefined;
  beforeAll(async () => {
    if (hasNoChromium) return;
    if (program === undefined) {
      throw new Error('These tests need Chromium: install it, or set PAWL_TEST_CHROMIUM.');
    }
    browser = await chromium.launch({
      executablePath: program,
      args: [...flags, ...further],
      timeout: 120_000,
    });
  });
  afterAll(() => browser?.close());
  return {
    async open(options = {}) {
      if (browser === undefined) throw new Error('Chromium does not run yet.');
      const context = await browser.newContext(options);
      context.setDefaultTimeout(60_000);
      onTestFinished(() => context.close());
      return context;
    },
  };
}
