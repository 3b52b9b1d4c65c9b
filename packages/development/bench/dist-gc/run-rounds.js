import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, runLoad } from './measure/load.js';
import { memoryOf, readUsage } from './measure/usage.js';
/**
 * Measures all contenders in turns, so that what else the machine does hits all of them alike. Each has a Redis of its
 * own; all stand ready the whole time, and only the one that is measured has anything to do.
 */
export async function runRounds(contenders, settings) {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-bench-'));
  const running = [];
  const rounds = [];
  try {
    for (const contender of contenders) {
      settings.say(`starting ${contender.name}: ${contender.description}`);
      const place = await placeFor(contender, directory, settings);
      running.push({ name: contender.name, contender: await contender.start(place) });
    }
    for (const { contender } of running) await warmUp(contender, settings);
    for (let round = 1; round <= settings.rounds; round += 1) {
      for (const { name, contender } of running) {
        const measured = await measure(name, contender, settings);
        settings.say(`round ${round}: ${name} ${measured.jobsPerSecond.toFixed(0)} jobs/s`);
        rounds.push(measured);
      }
    }
  } finally {
    for (const { contender } of running) await contender.stop();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  return rounds;
}
async function placeFor({ name }, directory, { root, profiles }) {
  return {
    directory: await mkdtemp(join(directory, `${name}-`)),
    root,
    profiles: profiles === undefined ? undefined : join(profiles, name),
  };
}
/**
 * Until just-in-time compilation has seen everything, and caches are filled. It takes a worker of Pawl some 3,000 jobs:
 * in the first thousand, half of its CPU time goes to compiling.
 */
async function warmUp(contender, { warm, inFlight }) {
  await runLoad(contender.job, { seconds: warm, inFlight });
}
async function measure(name, contender, { seconds, inFlight }) {
  const before = await readUsage(contender);
  const load = await runLoad(contender.job, { seconds, inFlight });
  const after = await readUsage(contender);
  const alone = await runLoad(contender.job, { seconds: seconds / 2, inFlight: 1 });
  const perJob = (was, is) => (is - was) / load.jobs;
  const cpu = Object.entries(after.cpu).map(([part, is]) => [
    part,
    perJob(before.cpu[part] ?? 0, is),
  ]);
  const memory = await Promise.all(
    Object.entries(contender.processes).map(async ([part, pid]) => [part, await memoryOf(pid)]),
  );
  return {
    contender: name,
    jobs: load.jobs,
    jobsPerSecond: load.jobs / load.seconds,
    loadedMedian: percentile(load.latencies, 0.5),
    unloadedMedian: percentile(alone.latencies, 0.5),
    unloadedP99: percentile(alone.latencies, 0.99),
    cpu: Object.fromEntries(cpu),
    memory: Object.fromEntries(memory),
    ...(before.redis !== undefined &&
      after.redis !== undefined && {
        redis: {
          commands: perJob(before.redis.commands, after.redis.commands),
          bytesIn: perJob(before.redis.bytesIn, after.redis.bytesIn),
          bytesOut: perJob(before.redis.bytesOut, after.redis.bytesOut),
        },
      }),
  };
}
//# sourceMappingURL=run-rounds.js.map
