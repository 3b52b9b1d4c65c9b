// npm run bench:recovery: how long a job stands still when its worker is killed.
import { Command } from 'commander';
import { type Testbed, withTestbed } from '../testbed/testbed.ts';
import { parseCount } from '../parse-count.ts';
import type { ProcessSettings } from '../processes/messages.ts';
import { distributionOf, histogramOf } from './distribution.ts';
import { measureCancel } from './measure-cancel.ts';
import { measureRecovery } from './run-recovery.ts';

const { kills, parallel } = new Command('npm run bench:recovery --')
  .description('measures how long a job stands still when its worker is killed')
  .option('--kills <count>', 'measurements of each kind', parseCount, 30)
  .option('--parallel <count>', 'measurements at a time', parseCount, 5)
  .parse()
  .opts<Record<'kills' | 'parallel', number>>();

/** The worker's own defaults: see WORKER_LOCK_SECONDS, WORKER_STALLED_SECONDS and WORKER_SWEEP_SECONDS. */
const timings: Partial<ProcessSettings['timings']> = {
  lockDuration: 8_000,
  stalledInterval: 4_000,
  sweepInterval: 4_000,
};

await print(
  'killed in mid-step, until another worker takes the step: connections looked at every 600 ms',
  200,
  (testbed) => measureRecovery(testbed, 'step_in_flight'),
);
await print(
  'killed after a commit and before the wake, until the next step is taken',
  200,
  (testbed) => measureRecovery(testbed, 'wake_lost'),
);
await print(
  'cancelled in mid-step, until a worker in another process hangs up on the model',
  10,
  measureCancel,
);
process.exit(0);

async function print(
  title: string,
  width: number,
  measure: (testbed: Testbed) => Promise<number>,
): Promise<void> {
  const measurements = await withTestbed({ timings }, (testbed) => repeat(() => measure(testbed)));
  process.stderr.write('\n');
  const { count, fastest, median, p90, slowest } = distributionOf(measurements);
  process.stdout.write(
    `${title}\n${count} times: fastest ${seconds(fastest)}, median ${seconds(median)}, ` +
      `p90 ${seconds(p90)}, slowest ${seconds(slowest)}\n` +
      `${histogramOf(measurements, width).join('\n')}\n\n`,
  );
}

/** So many times, several at a time. */
async function repeat(measure: () => Promise<number>): Promise<number[]> {
  const taken: number[] = [];
  let left = kills;
  const takeTurns = async () => {
    while (left > 0) {
      left -= 1;
      taken.push(await measure());
      process.stderr.write('.');
    }
  };
  await Promise.all(Array.from({ length: parallel }, takeTurns));
  return taken;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1_000).toFixed(milliseconds < 1_000 ? 3 : 1)} s`;
}
