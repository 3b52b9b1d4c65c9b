// npm run bench:growth: how the cost of a job grows, as curves.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { parsePositive } from '../parse-positive.js';
import { chartOf } from './chart.js';
import { byHistory, byIdleWorkers, byJobsInFlight } from './measure-growth.js';
import { byJobsKept } from './measure-kept.js';
const flags = new Command('npm run bench:growth --')
  .description('draws how the cost of a job grows: docs/images/growth.svg')
  .option('--seconds <count>', 'of load for each point', parsePositive, 3)
  .option('--kept <count>', 'jobs that are kept in Redis at the end', parsePositive, 100_000)
  .option('--out <file>', 'where the curves are drawn', 'docs/images/growth.svg')
  .parse()
  .opts();
const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const say = (line) => void process.stderr.write(`${line}\n`);
const directory = await mkdtemp(join(tmpdir(), 'pawl-growth-'));
const curves = [];
try {
  for (const measure of [byJobsInFlight, byHistory, byJobsKept, byIdleWorkers]) {
    const place = { directory: await mkdtemp(join(directory, 'curve-')), root };
    const curve = await measure({ ...flags, place, say });
    const points = curve.points.map(({ at, value }) => `${at}: ${value.toPrecision(3)}`);
    process.stdout.write(`${curve.title} (${curve.unit}): ${points.join(', ')}\n`);
    curves.push(curve);
  }
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
await writeFile(join(root, flags.out), chartOf(curves));
process.exit(0);
//# sourceMappingURL=growth-main.js.map
