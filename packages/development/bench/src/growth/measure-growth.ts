import { startNoOpWorker } from '../contenders/pawl.ts';
import type { Place } from '../contender.ts';
import { runLoad } from '../measure/load.ts';
import { measureWork } from '../measure/usage.ts';
import { text } from '../no-op.ts';
import { connectPawl, type PawlClient } from '../pawl-client.ts';
import type { RunningProgram } from '../start-program.ts';
import { type BenchRedis, startRedis } from '../start-redis.ts';
import type { Curve } from './chart.ts';

export interface GrowthSettings {
  readonly place: Place;
  readonly seconds: number;
  /** Jobs that stand in Redis at the end. */
  readonly kept: number;
  /** Told what goes on. */
  readonly say: (line: string) => void;
}

export interface Pawl {
  readonly server: BenchRedis;
  readonly worker: RunningProgram;
  readonly client: PawlClient;
}

/** A Redis, a worker without ports and a client of their own, for as long as `use` takes. */
export async function withPawl<Result>(place: Place, use: (pawl: Pawl) => Promise<Result>) {
  const server = await startRedis(place);
  const worker = await startNoOpWorker(server.url, place);
  const client = connectPawl(server.url);
  try {
    return await use({ server, worker, client });
  } finally {
    await client.close();
    await worker.stop();
    await server.stop();
  }
}

/** Milliseconds of CPU of Redis and worker for each job that `work` does; it answers how many. */
export async function costOf(
  { server, worker }: Pawl,
  work: () => Promise<number>,
): Promise<number> {
  const measured = { processes: { worker: worker.pid }, redis: server.redis };
  const { result: jobs, cpuOf } = await measureWork(measured, work);
  return (cpuOf('worker') + cpuOf('redis')) / jobs;
}

export const unitOfJobs = 'CPU of worker and Redis, ms for each job';

/** Jobs that are run before anything is measured: until then, compiling takes more than the jobs do. */
export const warmJobs = 4_000;

/** Runs so many jobs, 100 at a time. */
export async function runJobs({ client }: Pawl, jobs: number): Promise<number> {
  let left = jobs;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await client.job(text);
    }
  };
  await Promise.all(Array.from({ length: 100 }, lane));
  return jobs;
}

/** By jobs in flight. */
export async function byJobsInFlight({ place, seconds }: GrowthSettings): Promise<Curve> {
  const counts = [1, 10, 100, 1_000];
  const points = await withPawl(place, async (pawl) => {
    const load = (inFlight: number) => async () =>
      (await runLoad(() => pawl.client.job(text), { seconds, inFlight })).jobs;
    await runJobs(pawl, warmJobs);
    const values = [];
    for (const count of counts) {
      values.push({ at: String(count), value: await costOf(pawl, load(count)) });
    }
    return values;
  });
  return { title: 'Jobs in flight', axis: 'jobs in flight', unit: unitOfJobs, points };
}

/** Commands that Redis runs a second, by idle workers. */
export async function byIdleWorkers({ place, seconds }: GrowthSettings): Promise<Curve> {
  const server = await startRedis(place);
  const workers: RunningProgram[] = [];
  const points = [];
  try {
    for (const count of [1, 2, 3, 4]) {
      workers.push(await startNoOpWorker(server.url, place));
      points.push({ at: String(count), value: await commandsPerSecond(server, 3 * seconds) });
    }
  } finally {
    for (const worker of workers) await worker.stop();
    await server.stop();
  }
  return {
    title: 'Idle workers',
    axis: 'worker processes with nothing to do',
    unit: 'commands a second, those within scripts included',
    points,
  };
}

async function commandsPerSecond({ redis }: BenchRedis, seconds: number): Promise<number> {
  const processed = async () =>
    Number(/^total_commands_processed:(\d+)/m.exec(await redis.info('stats'))?.[1] ?? 0);
  // What a worker does when it starts is over by then.
  await rest(2);
  const before = await processed();
  await rest(seconds);
  return ((await processed()) - before - 1) / seconds;
}

export function rest(seconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1_000);
  });
}
