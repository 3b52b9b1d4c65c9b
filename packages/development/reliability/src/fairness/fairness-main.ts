// npm run bench:fairness: how long one tenant waits beside another one's load.
import { resolve } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { loads } from './loads.ts';
import { formatWaits, measureLoad, type Waits } from './run-fairness.ts';

const { json, checkout, load } = new Command('npm run bench:fairness --')
  .description('measures how long tenant b waits for a step, alone and beside the load of tenant a')
  .option('--json', 'prints every measurement, in milliseconds')
  .option('--checkout <folder>', 'measures the built services of another checkout')
  .option('--load <text>', 'only the loads whose name has this text')
  .parse()
  .opts<{ json?: true; checkout?: string; load?: string }>();

const root = checkout ?? findRepositoryRoot(import.meta.url) ?? process.cwd();
const waits: Waits[] = [];
for (const each of loads.filter(({ name }) => load === undefined || name.includes(load))) {
  process.stderr.write(`${each.name} …\n`);
  const measured = await measureLoad(resolve(root), each);
  process.stderr.write(`${JSON.stringify(measured)}\n`);
  waits.push(measured);
}
process.stdout.write(`${json === true ? JSON.stringify(waits) : formatWaits(waits)}\n`);
process.exit(0);
