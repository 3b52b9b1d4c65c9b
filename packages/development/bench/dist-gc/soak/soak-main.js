// npm run soak: whether the memory of every process stays flat under load.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { overHttp } from '../contenders/pawl.js';
import { runLoad } from '../measure/load.js';
import { memoryOf } from '../measure/usage.js';
import { parsePositive } from '../parse-positive.js';
const samples = 10;
const { minutes, inFlight } = new Command('npm run soak --')
  .description('keeps a gateway and a worker busy, and prints how much memory each process has')
  .option('--minutes <count>', 'for how long', parsePositive, 10)
  .option('--in-flight <count>', 'jobs under way at a time', parsePositive, 50)
  .parse()
  .opts();
const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const directory = await mkdtemp(join(tmpdir(), 'pawl-soak-'));
try {
  const pawl = await overHttp.start({ directory, root });
  let jobs = 0;
  const names = Object.keys(pawl.processes);
  print(['minutes', 'jobs', ...names.map((name) => `${name}, MiB`), 'Redis, kB/job']);
  print(names.map(() => '---').concat('---', '---', '---'));
  for (let sample = 1; sample <= samples; sample += 1) {
    const load = await runLoad(pawl.job, { seconds: (minutes * 60) / samples, inFlight });
    jobs += load.jobs;
    const memory = await Promise.all(Object.values(pawl.processes).map((pid) => memoryOf(pid)));
    const used = /^used_memory:(\d+)/m.exec((await pawl.redis?.info('memory')) ?? '')?.[1];
    print([
      ((minutes * sample) / samples).toFixed(1),
      String(jobs),
      ...memory.map((size) => size?.toFixed(0) ?? ''),
      (Number(used) / 1_000 / jobs).toFixed(1),
    ]);
  }
  await pawl.stop();
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);
function print(cells) {
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
}
//# sourceMappingURL=soak-main.js.map
