// npm run screenshots: writes docs/images/console-*.png, a picture of each page of the console in light and dark.
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { openConsole } from './open-console.js';
import { doSampleWork } from './sample-work.js';
const images = join(findRepositoryRoot(import.meta.url) ?? process.cwd(), 'docs/images');
const largest = 150_000;
const open = await openConsole();
try {
  await mkdir(images, { recursive: true });
  await picture('first-visit', '/jobs');
  const { job, conversation, schedule, trigger } = await doSampleWork(open);
  const pages = [
    ['inbox', '/inbox'],
    ['jobs', '/jobs'],
    ['job', `/jobs/${job}`],
    ['conversation', `/conversations/${conversation}`],
    ['playground', '/playground?agent=triage'],
    ['agents', '/agents'],
    ['agent', '/agents/triage'],
    ['schedules', '/schedules'],
    ['schedule', `/schedules/${schedule}`],
    ['triggers', '/triggers'],
    ['trigger', `/triggers/${trigger}`],
    ['webhooks', '/deliveries'],
    ['accounts', '/accounts?user=mara'],
    ['usage', '/usage?days=7'],
    ['health', '/health'],
    ['keys', '/keys'],
  ];
  for (const [name, path] of pages) await picture(name, path);
} finally {
  await open.close();
}
process.exit(process.exitCode ?? 0);
async function picture(name, path) {
  for (const colorScheme of ['light', 'dark']) {
    const viewport = { width: 1_280, height: 800 };
    const context = await open.browser.newContext({
      colorScheme,
      viewport,
      reducedMotion: 'reduce',
    });
    const page = await context.newPage();
    await page.goto(`${open.url}${path}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByText('Live', { exact: true }).filter({ visible: true }).waitFor();
    // Until nothing is read any more: the stream of events goes on.
    for (const loading of await page.getByText('Loading', { exact: true }).all()) {
      await loading.waitFor({ state: 'detached' });
    }
    await page.waitForTimeout(700);
    const file = join(images, `console-${name}-${colorScheme}.png`);
    await page.screenshot({ path: file });
    const { size } = await stat(file);
    process.stdout.write(`${file} ${(size / 1_000).toFixed(0)} kB\n`);
    if (size > largest) {
      process.stderr.write(`${file} has more than ${largest} bytes.\n`);
      process.exitCode = 1;
    }
    await context.close();
  }
}
//# sourceMappingURL=screenshots-main.js.map
