// npm run bench:recovery: how long a job stands still when its worker is killed. Options: --kills 30 --parallel 5
import { parseArgs } from 'node:util';
import type { ProcessSettings } from '../processes/process-settings.ts';
import { withLab } from '../lab/with-lab.ts';
import { distributionOf, histogramOf } from './distribution.ts';
import { measureRecovery, situations } from './run-recovery.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '30' },
    parallel: { type: 'string', default: '5' },
  },
});
const kills = Number(values.kills);

/** The worker's own defaults: see WORKER_LOCK_SECONDS, WORKER_STALLED_SECONDS and WORKER_SWEEP_SECONDS. */
const timings: Partial<ProcessSettings['timings']> = {
  lockDuration: 8_000,
  stalledInterval: 4_000,
  sweepInterval: 4_000,
};
const names = {
  step_in_flight: 'killed in mid-step: lock 8 s, looked for every 4 s',
  wake_lost: 'killed after a commit, before the wake: sweep every 4 s',
};

for (const situation of situations) {
  const measurements = await withLab({ timings }, async (lab) => {
    const taken: number[] = [];
    let started = 0;
    const lane = async () => {
      while (started < kills) {
        started += 1;
        taken.push(await measureRecovery(lab, situation));
        process.stderr.write('.');
      }
    };
    await Promise.all(Array.from({ length: Number(values.parallel) }, lane));
    return taken;
  });
  const { count, fastest, median, p90, slowest } = distributionOf(measurements);
  process.stdout.write(
    `\n${names[situation]}\n` +
      `${count} kills: fastest ${seconds(fastest)}, median ${seconds(median)}, ` +
      `p90 ${seconds(p90)}, slowest ${seconds(slowest)}\n` +
      `${histogramOf(measurements, 1_000).join('\n')}\n`,
  );
}
process.exit(0);

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
