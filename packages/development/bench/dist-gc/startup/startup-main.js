// npm run bench:start: how long `npm run serve` takes until it is ready, and the memory of its processes at rest.
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { findFreePort } from '@pawl/local-stack';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { medianOf } from '../measure/load.js';
import { memoryOf } from '../measure/usage.js';
import { parsePositive } from '../parse-positive.js';
import { startProgram } from '../start-program.js';
const { times, rest } = new Command('npm run bench:start --')
  .description('starts `npm run serve` of this checkout, which must not run already')
  .option('--times <count>', 'how often', parsePositive, 5)
  .option('--rest <seconds>', 'before memory is read', parsePositive, 10)
  .parse()
  .opts();
/** MiB: what has less is a shell. */
const smallest = 5;
const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const seconds = [];
for (let time = 1; time <= times; time += 1) {
  const port = String(await findFreePort());
  const startedAt = performance.now();
  const pawl = await startProgram({
    program: 'npm',
    arguments: ['run', 'serve'],
    environment: { HOME: process.env['HOME'] ?? '', PORT: port, NODE_ENV: 'development' },
    directory: root,
    isReady: /^Pawl is ready/,
  });
  seconds.push((performance.now() - startedAt) / 1_000);
  if (time === times) {
    await pause(rest * 1_000);
    for (const { name, pid } of await processesOf(pawl.pid)) {
      const size = (await memoryOf(pid)) ?? 0;
      // Not the shells in between.
      if (size > smallest) print([name, `${size.toFixed(0)} MiB`]);
    }
  }
  await pawl.stop();
}
const spread = `${Math.min(...seconds).toFixed(1)}–${Math.max(...seconds).toFixed(1)}`;
print(['`npm run serve` to ready', `${medianOf(seconds).toFixed(1)} s (${spread})`]);
process.exit(0);
/** A process and everything that it has started, by the files that they run. Linux only. */
async function processesOf(top) {
  const all = await Promise.all(
    (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(readProcess),
  );
  const found = new Set([top]);
  // Parents have lower numbers than their children nearly always; two passes see the rest.
  for (let pass = 0; pass < 2; pass += 1) {
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => found.has(pid));
}
async function readProcess(pid) {
  try {
    const [status, command] = await Promise.all([
      readFile(`/proc/${pid}/status`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
    ]);
    const words = command.split('\0');
    const file = words.find((word) => /\.m?js$/.test(word)) ?? words[0] ?? '';
    return {
      pid: Number(pid),
      parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1]),
      name: file.replace(`${root}/`, ''),
    };
  } catch {
    // It has ended since the list was read.
    return { pid: Number(pid), parent: 0, name: '' };
  }
}
function print(cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
//# sourceMappingURL=startup-main.js.map
