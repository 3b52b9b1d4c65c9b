import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatChaos, problemsOf } from '../src/chaos/format-chaos.ts';
import { runChaos } from '../src/chaos/run-chaos.ts';

// Invariants 1 to 9, with everything taken down at random.
const seed = 20;

test(`100 jobs survive random kills of workers, gateway and Redis (seed ${seed})`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-chaos-'));
  try {
    const report = await runChaos({
      jobs: 100,
      seed,
      workers: 3,
      disturbances: 8,
      window: 40,
      directory,
      signal: AbortSignal.timeout(280_000),
    });
    // oxlint-disable-next-line no-console -- what was survived is what a reader of the run wants to know
    console.info(`chaos, seed ${seed}:\n${formatChaos(report)}`);
    expect(problemsOf(report)).toEqual([]);
    expect(report.jobs).toHaveLength(100);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}, 340_000);
