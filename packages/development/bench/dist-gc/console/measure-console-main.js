// npm run measure:console: how soon the console shows jobs, what it weighs, and whether its memory stays flat.
import { Command } from 'commander';
import { parsePositive } from '../parse-positive.js';
import { openConsole } from './open-console.js';
import { scrollToEnd } from './scroll-list.js';
const { jobs, minutes, perSecond, scroll } = new Command('npm run measure:console --')
  .description('opens the list of jobs in Chromium, cold and then live, and prints figures')
  .option('--jobs <count>', 'jobs in Redis', parsePositive, 10_000)
  .option('--minutes <count>', 'for how long the list is watched live', parsePositive, 2)
  .option('--per-second <count>', 'jobs that come meanwhile', parsePositive, 5)
  .option('--scroll', 'scroll through all of them, instead of watching the list live')
  .parse()
  .opts();
const rounds = 5;
const samples = 6;
const parallel = 16;
const open = await openConsole();
try {
  await postJobs(open, jobs);
  const cold = [];
  for (let round = 0; round < rounds; round += 1) cold.push(await visit(open));
  const [first] = cold;
  const times = cold.map(({ milliseconds }) => milliseconds).toSorted((one, other) => one - other);
  print(`Jobs in Redis: ${jobs}`);
  print(
    `First rows on a cold cache: ${times[rounds >> 1]} ms (median of ${rounds}, ${times.join(', ')})`,
  );
  print(
    `Sent over the network until then: ${((first?.bytes ?? 0) / 1_000).toFixed(0)} kB in ${first?.requests} requests`,
  );
  await (scroll === true ? scrollThrough(open) : watch(open));
} finally {
  await open.close();
}
process.exit(0);
/** Jobs that start tomorrow: they are listed, and nobody works on them. */
async function postJobs({ send }, count) {
  let left = count;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      await send('/v1/jobs', {
        prompt: `Answer the mail number ${left}, and say what was unclear about it`,
        user: `user_${left % 100}`,
        connections: [],
        delay_seconds: 86_400,
      });
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}
/** With nothing in the browser's cache, until the first rows are there. */
async function visit({ browser, url }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  let bytes = 0;
  let requests = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  const begin = performance.now();
  await page.goto(`${url}/jobs`, { waitUntil: 'commit' });
  await page.locator('[role="row"] a').first().waitFor();
  const milliseconds = Math.round(performance.now() - begin);
  const seen = { milliseconds, bytes, requests };
  await context.close();
  return seen;
}
/** The page's memory while jobs come and end before its eyes. */
async function watch(console) {
  const context = await console.browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.goto(`${console.url}/jobs`);
  await page.locator('[role="row"] a').first().waitFor();
  print(`\nA live list, ${perSecond} jobs a second:`);
  print('| minutes | heap, MiB | elements |');
  print('| --- | --- | --- |');
  const sampleTime = (minutes * 60_000) / samples;
  for (let sample = 0; sample <= samples; sample += 1) {
    const passed = ((minutes * sample) / samples).toFixed(1);
    print(`| ${passed} | ${(await heapOf(session)).toFixed(1)} | ${await elementsOf(page)} |`);
    if (sample < samples) await keepPosting(console, sampleTime);
  }
  await context.close();
}
/** From the newest job to the oldest. */
async function scrollThrough({ browser, url }) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await page.goto(`${url}/jobs`);
  const { rows, seconds, longestFrame, elements } = await scrollToEnd(page);
  print(`\nScrolled through ${rows} rows in ${seconds.toFixed(0)} s`);
  print(`Longest time between two frames: ${longestFrame.toFixed(0)} ms`);
  print(`Then: ${(await heapOf(session)).toFixed(1)} MiB of heap, ${elements} elements`);
  await context.close();
}
async function keepPosting({ send }, milliseconds) {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    const next = Date.now() + 1_000 / perSecond;
    await send('/v1/jobs', { prompt: 'Say hello', user: 'live', connections: [] });
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - Date.now())));
  }
}
/** What is left after garbage was collected. */
async function heapOf(session) {
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return usedSize / 1_048_576;
}
async function elementsOf(page) {
  return page.evaluate('document.querySelectorAll("*").length');
}
function print(line) {
  process.stdout.write(`${line}\n`);
}
//# sourceMappingURL=measure-console-main.js.map
