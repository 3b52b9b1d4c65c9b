// npm run bench:growth: how the cost of a job grows, as curves.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { parsePositive } from '../parse-positive.ts';
import { chartOf, type Curve, linesOf } from './chart.ts';
import { byIdleWorkers, byJobsInFlight } from './measure-growth.ts';
import { byHistory } from './measure-history.ts';
import { byJobsKept } from './measure-kept.ts';

const flags = new Command('npm run bench:growth --')
  .description('draws how the cost of a job grows: docs/images/growth.svg')
  .option('--seconds <count>', 'of load for each point', parsePositive, 3)
  .option('--kept <count>', 'jobs that are kept in Redis at the end', parsePositive, 100_000)
  .option('--out <file>', 'where the curves are drawn', 'docs/images/growth.svg')
  .parse()
  .opts<{ seconds: number; kept: number; out: string }>();

const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const say = (line: string) => void process.stderr.write(`${line}\n`);
const directory = await mkdtemp(join(tmpdir(), 'pawl-growth-'));
const curves: Curve[] = [];
try {
  for (const measure of [byJobsInFlight, byHistory, byJobsKept, byIdleWorkers]) {
    const place = { directory: await mkdtemp(join(directory, 'curve-')), root };
    const measured = [await measure({ ...flags, place, say })].flat();
    for (const line of measured.flatMap(linesOf)) process.stdout.write(`${line}\n`);
    curves.push(...measured);
  }
} finally {
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
await writeFile(join(root, flags.out), chartOf(curves));
process.exit(0);
