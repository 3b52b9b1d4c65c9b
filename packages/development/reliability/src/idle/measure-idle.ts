import { setTimeout as delay } from 'node:timers/promises';
import type { RedisConnection } from '@pawl/runtime';
import { hasEnded, type Namespace } from '../testbed/namespace.ts';
import { promptOf } from '../testbed/prompts.ts';
import type { Testbed } from '../testbed/testbed.ts';

export interface IdleMeasurement {
  readonly shards: number;
  /** Of the worker. */
  readonly connections: number;
  /** Commands that Redis runs, with those of scripts. */
  readonly commands: number;
  /** How many more there are with a second worker. */
  readonly furtherCommands: number;
  /** Processor time of Redis, in thousandths of one core. */
  readonly redisMillicores: number;
  /** Milliseconds from posting a job after a while of silence to its end, of some: the median. */
  readonly firstJob: number;
}

/** As in production. Milliseconds. */
const timings = {
  concurrency: 50,
  lockDuration: 8_000,
  stalledInterval: 4_000,
  sweepInterval: 4_000,
};

const settling = 12_000;
const jobs = 7;

/** Looks at a Redis on which one worker of so many shards has nothing to do for `seconds`. */
export async function measureIdle(
  testbed: Testbed,
  { shards, seconds }: { readonly shards: number; readonly seconds: number },
): Promise<IdleMeasurement> {
  const namespace = testbed.openNamespace();
  const { redis } = namespace;
  await redis.ping();
  const others = await connectionsOf(redis);
  const variables = { PAWL_SHARDS: String(shards) };
  const worker = await testbed.startWorker(namespace, { timings, variables });
  await oneJob(namespace);
  await delay(settling);
  const connections = (await connectionsOf(redis)) - others;
  const alone = await watch(redis, seconds);
  const took: number[] = [];
  for (let made = 0; made < jobs; made += 1) {
    await delay(1_500);
    took.push(await oneJob(namespace));
  }
  const second = await testbed.startWorker(namespace, { timings, variables });
  await delay(settling);
  const together = await watch(redis, seconds);
  for (const each of [worker, second]) each.kill('SIGTERM');
  await Promise.all([worker.exited, second.exited]);
  await namespace.erase();
  return {
    shards,
    connections,
    commands: alone.commands,
    furtherCommands: together.commands - alone.commands,
    redisMillicores: alone.millicores,
    firstJob: took.toSorted((one, other) => one - other)[Math.floor(jobs / 2)] ?? 0,
  };
}

/** Commands a second, and the time of Redis for them. */
async function watch(
  redis: RedisConnection,
  seconds: number,
): Promise<{ readonly commands: number; readonly millicores: number }> {
  const before = await countersOf(redis);
  await delay(seconds * 1_000);
  const after = await countersOf(redis);
  return {
    commands: (after.commands - before.commands) / seconds,
    millicores: ((after.processor - before.processor) / seconds) * 1_000,
  };
}

async function oneJob(namespace: Namespace): Promise<number> {
  const begun = performance.now();
  const { id } = await namespace.post({ user: 'idle', prompt: promptOf('idle', []) });
  await namespace.when(id, hasEnded);
  return performance.now() - begun;
}

async function connectionsOf(redis: RedisConnection): Promise<number> {
  return numberIn(await redis.info('clients'), 'connected_clients');
}

async function countersOf(redis: RedisConnection) {
  const [stats, processor] = [await redis.info('stats'), await redis.info('cpu')];
  return {
    commands: numberIn(stats, 'total_commands_processed'),
    processor: numberIn(processor, 'used_cpu_sys') + numberIn(processor, 'used_cpu_user'),
  };
}

function numberIn(info: string, field: string): number {
  return Number(new RegExp(`^${field}:([\\d.]+)`, 'm').exec(info)?.[1]);
}
