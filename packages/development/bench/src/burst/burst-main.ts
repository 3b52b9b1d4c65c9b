// npm run bench:burst: when jobs end that are all handed in at once, many more than a worker has slots for.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { overTheWire } from '../contenders/wire.ts';
import { percentile, runLoad } from '../measure/load.ts';
import { parsePositive } from '../parse-positive.ts';

const { jobs, rounds, warm } = new Command('npm run bench:burst --')
  .description('hands in many jobs of a model call, a tool call and a model call at once')
  .option('--jobs <count>', 'that are handed in at once, for 100 slots', parsePositive, 1_000)
  .option('--rounds <count>', 'one after the other', parsePositive, 3)
  .option('--warm <seconds>', 'of load before that', parsePositive, 10)
  .parse()
  .opts<Record<'jobs' | 'rounds' | 'warm', number>>();

const directory = await mkdtemp(join(tmpdir(), 'pawl-burst-'));
const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const pawl = await overTheWire.start({ directory, root });
try {
  await runLoad(pawl.job, { seconds: warm, inFlight: 100 });
  process.stdout.write('seconds until a job has ended: mean | first | half of them | last\n');
  for (let round = 0; round < rounds; round += 1) {
    const ends = await burst();
    const mean = ends.reduce((sum, end) => sum + end, 0) / ends.length;
    const told = [mean, percentile(ends, 0), percentile(ends, 0.5), percentile(ends, 1)];
    process.stdout.write(`${told.map((seconds) => seconds.toFixed(2)).join(' | ')}\n`);
  }
} finally {
  await pawl.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);

/** Seconds from the start to the end of each job, in the order of the ends. */
async function burst(): Promise<number[]> {
  const startedAt = performance.now();
  const ends: number[] = [];
  const one = async () => {
    await pawl.job();
    ends.push((performance.now() - startedAt) / 1_000);
  };
  await Promise.all(Array.from({ length: jobs }, one));
  return ends;
}
