import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contender, Place, RunningContender } from './contender.ts';
import { percentile, runLoad } from './measure/load.ts';
import { memoryOf, readUsage, type RedisTraffic } from './measure/usage.ts';

/** What one contender did in one round. */
export interface Round {
  readonly contender: string;
  readonly jobs: number;
  readonly jobsPerSecond: number;
  /** Milliseconds that half of the jobs took at most, under load. */
  readonly loadedMedian: number;
  /** The same with one job at a time. */
  readonly unloadedMedian: number;
  readonly unloadedP99: number;
  /** Milliseconds of CPU for each job, by the process's part. */
  readonly cpu: Readonly<Record<string, number>>;
  /** For each job. */
  readonly redis?: RedisTraffic;
  /** MiB of each process at the end of the load. */
  readonly memory: Readonly<Record<string, number>>;
}

export interface RoundSettings {
  readonly rounds: number;
  /** Of load for each contender in each round. */
  readonly seconds: number;
  readonly inFlight: number;
  /** Seconds of load for each contender before the first round: see {@link warmUp}. */
  readonly warm: number;
  readonly root: string;
  readonly profiles?: string | undefined;
  /** Told what goes on. */
  readonly say: (line: string) => void;
}

/**
 * Measures all contenders in turns, so that what else the machine does hits all of them alike. Each has a Redis of its
 * own; all stand ready the whole time, and only the one that is measured has anything to do.
 */
export async function runRounds(
  contenders: readonly Contender[],
  settings: RoundSettings,
): Promise<Round[]> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-bench-'));
  const running: { readonly name: string; readonly contender: RunningContender }[] = [];
  const rounds: Round[] = [];
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

async function placeFor(
  { name }: Contender,
  directory: string,
  { root, profiles }: RoundSettings,
): Promise<Place> {
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
async function warmUp(contender: RunningContender, { warm, inFlight }: RoundSettings) {
  await runLoad(contender.job, { seconds: warm, inFlight });
}

async function measure(
  name: string,
  contender: RunningContender,
  { seconds, inFlight }: RoundSettings,
): Promise<Round> {
  const before = await readUsage(contender);
  const load = await runLoad(contender.job, { seconds, inFlight });
  const after = await readUsage(contender);
  const alone = await runLoad(contender.job, { seconds: seconds / 2, inFlight: 1 });
  const perJob = (was: number, is: number) => (is - was) / load.jobs;
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
    cpu: Object.fromEntries(cpu) as Record<string, number>,
    memory: Object.fromEntries(memory) as Record<string, number>,
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
