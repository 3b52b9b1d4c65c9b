// npm run bench:workers: what more worker processes do, each of which may use a part of one core.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import type { Place } from '../contender.ts';
import { startNoOpWorker } from '../contenders/pawl.ts';
import { medianOf, runLoad } from '../measure/load.ts';
import { measureWork } from '../measure/usage.ts';
import { text } from '../no-op.ts';
import { parsePositive } from '../parse-positive.ts';
import { connectPawl, type PawlClient } from '../pawl-client.ts';
import type { RunningProgram } from '../start-program.ts';
import { type BenchRedis, startRedis } from '../start-redis.ts';
import { limitCpu, type LimitedProcess } from './limit-cpu.ts';

const flags = new Command('npm run bench:workers --')
  .description(
    'compares one worker process with several; takes Linux and root, since each may use a part of a core only',
  )
  .option('--rounds <count>', 'in turns', parsePositive, 7)
  .option('--seconds <count>', 'of load in each round', parsePositive, 4)
  .option('--percent <count>', 'of one core for each worker', parsePositive, 20)
  .option('--warm <seconds>', 'of load before that, for each worker', parsePositive, 8)
  .parse()
  .opts<Record<'rounds' | 'seconds' | 'percent' | 'warm', number>>();

const counts = [1, 2, 4];

/** Jobs in flight for each worker: as many as it has slots. */
const inFlight = 100;

/** Some workers, with a Redis and a client of their own. */
interface Group {
  readonly count: number;
  readonly server: BenchRedis;
  readonly client: PawlClient;
  readonly workers: readonly RunningProgram[];
  readonly limited: readonly LimitedProcess[];
}

interface Rates {
  /** Jobs a second. */
  readonly jobs: number;
  /** Cores that its workers and its Redis used. */
  readonly workers: number;
  readonly redis: number;
}

const directory = await mkdtemp(join(tmpdir(), 'pawl-workers-'));
const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const groups: Group[] = [];
try {
  for (const count of counts) {
    await startGroup(count, { directory: await mkdtemp(join(directory, 'group-')), root });
  }
  const rounds: ReadonlyMap<number, Rates>[] = [];
  for (let round = 0; round < flags.rounds; round += 1) {
    const inOrder = round % 2 === 0 ? groups : groups.toReversed();
    const rates = new Map<number, Rates>();
    for (const group of inOrder) rates.set(group.count, await measure(group));
    rounds.push(rates);
  }
  print('workers | jobs/s | to one worker | cores of the workers | cores of Redis');
  for (const count of counts) {
    const of = (value: (rates: Rates, alone: Rates) => number) =>
      medianOf(
        rounds.map((rates) => {
          const [these, alone] = [rates.get(count), rates.get(1)];
          return these && alone ? value(these, alone) : Number.NaN;
        }),
      );
    const jobs = of((rates) => rates.jobs).toFixed(0);
    const ratio = of((rates, alone) => rates.jobs / alone.jobs).toFixed(2);
    const [workers, redis] = [of((rates) => rates.workers), of((rates) => rates.redis)];
    print([count, jobs, ratio, workers.toFixed(2), redis.toFixed(2)].join(' | '));
  }
} finally {
  for (const group of groups) await stopGroup(group);
  await rm(directory, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(0);

async function startGroup(count: number, place: Place): Promise<void> {
  const server = await startRedis(place);
  const client = connectPawl(server.url);
  const workers: RunningProgram[] = [];
  const limited: LimitedProcess[] = [];
  groups.push({ count, server, client, workers, limited });
  // One after the other, so that each compiles its code alone, with as much of a core as there is.
  for (let number = 0; number < count; number += 1) {
    workers.push(await startNoOpWorker(server.url, place));
    await runLoad(() => client.job(text), { seconds: flags.warm, inFlight });
  }
  for (const { pid } of workers) limited.push(await limitCpu(pid, flags.percent / 100));
}

async function measure({ count, server, client, workers }: Group): Promise<Rates> {
  const processes = Object.fromEntries(workers.map(({ pid }) => [`worker ${pid}`, pid]));
  const load = { seconds: flags.seconds, inFlight: count * inFlight };
  const { result, cpuOf } = await measureWork({ processes, redis: server.redis }, () =>
    runLoad(() => client.job(text), load),
  );
  const { jobs, seconds } = result;
  const cores = (part: string) => cpuOf(part) / seconds / 1_000;
  return {
    jobs: jobs / seconds,
    workers: Object.keys(processes).reduce((sum, part) => sum + cores(part), 0),
    redis: cores('redis'),
  };
}

async function stopGroup({ client, workers, server, limited }: Group): Promise<void> {
  await client.close();
  await Promise.all(workers.map((worker) => worker.stop()));
  await server.stop();
  for (const each of limited) await each.forget();
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
