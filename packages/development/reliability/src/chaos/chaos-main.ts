// npm run test:chaos: jobs under random kills.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { parseCount } from '../parse-count.ts';
import { formatChaos, isSound } from './format-chaos.ts';
import { runChaos } from './run-chaos.ts';

const { jobs, seed, workers, window, minutes } = new Command('npm run test:chaos --')
  .description('runs jobs while workers, gateway and Redis are killed at random')
  .option('--jobs <count>', 'how many jobs', parseCount, 2_000)
  .option('--seed <count>', 'repeats the disturbances of an earlier run', parseCount, anySeed())
  .option('--workers <count>', 'worker processes', parseCount, 3)
  .option('--window <count>', 'jobs under way at a time', parseCount, 60)
  .option('--minutes <count>', 'gives up after so long', parseCount, 60)
  .parse()
  .opts<Record<'jobs' | 'seed' | 'workers' | 'window' | 'minutes', number>>();
process.stdout.write(`${jobs} jobs, seed ${seed}\n`);

const startedAt = performance.now();
const directory = await mkdtemp(join(tmpdir(), 'pawl-chaos-'));
try {
  const report = await runChaos({
    jobs,
    seed,
    workers,
    window,
    disturbances: Math.max(8, Math.round(jobs / 20)),
    directory,
    signal: AbortSignal.timeout(minutes * 60_000),
    onDisturbance: (disturbance) => void process.stderr.write(`${JSON.stringify(disturbance)}\n`),
    onEnded(ended) {
      if (ended % 50 === 0) process.stderr.write(`${ended} jobs have ended\n`);
    },
  });
  process.stdout.write(`${formatChaos(report)}\n`);
  process.stdout.write(`${Math.round((performance.now() - startedAt) / 1_000)} s\n`);
  process.exitCode = isSound(report) ? 0 : 1;
} finally {
  await rm(directory, { recursive: true, force: true });
}

function anySeed(): number {
  return 1 + (Date.now() % 1_000_000);
}
