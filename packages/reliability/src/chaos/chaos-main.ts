// npm run test:chaos: jobs under random kills. Options: --jobs 2000 --seed 1 --workers 3 --window 60 --minutes 60
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatChaos, isSound } from './format-chaos.ts';
import { runChaos } from './run-chaos.ts';

const { values } = parseArgs({
  options: {
    jobs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    workers: { type: 'string', default: '3' },
    window: { type: 'string', default: '60' },
    minutes: { type: 'string', default: '60' },
  },
});
const jobs = Number(values.jobs);
const seed = Number(values.seed);
process.stdout.write(`${jobs} jobs, seed ${seed}\n`);

const startedAt = performance.now();
const directory = await mkdtemp(join(tmpdir(), 'pawl-chaos-'));
try {
  const report = await runChaos({
    jobs,
    seed,
    workers: Number(values.workers),
    window: Number(values.window),
    disturbances: Math.max(8, Math.round(jobs / 20)),
    directory,
    signal: AbortSignal.timeout(Number(values.minutes) * 60_000),
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
