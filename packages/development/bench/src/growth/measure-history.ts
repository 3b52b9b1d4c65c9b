import { newId } from '@pawl/contracts';
import { connectRedis, type RedisConnection } from '@pawl/runtime';
import { createKeys } from '@pawl/store';
import { medianOf } from '../measure/load.ts';
import { measureWork } from '../measure/usage.ts';
import { text } from '../no-op.ts';
import type { Curve } from './chart.ts';
import {
  costOf,
  type GrowthSettings,
  type Pawl,
  runJobs,
  unitOfJobs,
  warmJobs,
  withPawl,
} from './measure-growth.ts';

const keys = createKeys('pawl');

/** Each job adds its prompt, a reply with a call, its result and an answer. */
const messagesOfJob = 4;
/** A job reads what was said before it with each of its turns. */
const turnsOfJob = 2;
const mostJobs = 16;
const places = [0, 1, 2, 4, 8, mostJobs];
const conversations = 200;
const rounds = 5;

interface Costs {
  /** Milliseconds of CPU: of a job, */
  readonly jobs: number[];
  /** of its history when it is read for the first time, */
  readonly firstReads: number[];
  /** and of the history's bytes. */
  readonly bytes: number[];
}

/** By messages of the conversation before the job; and what one turn's history costs where it is read for the first time. */
export async function byHistory({ place }: GrowthSettings): Promise<Curve[]> {
  const costs = new Map<number, Costs>(
    places.map((done) => [done, { jobs: [], firstReads: [], bytes: [] }]),
  );
  await withPawl(place, async (pawl) => {
    await runJobs(pawl, warmJobs);
    const redis = connectRedis(pawl.server.url, 'worker');
    for (let round = 0; round < rounds; round += 1) await measureRound(pawl, redis, costs);
    redis.disconnect();
  });
  const pointsOf = (value: (costs: Costs) => number, from = 0) =>
    [...costs]
      .slice(from)
      .map(([done, cost]) => ({ at: String(done * messagesOfJob), value: value(cost) }));
  const bytesOf = ({ bytes }: Costs) => medianOf(bytes);
  const first = medianOf(costs.get(0)?.jobs ?? []);
  return [
    {
      title: 'Messages of history',
      axis: 'messages before the job',
      unit: unitOfJobs,
      points: pointsOf(({ jobs }) => medianOf(jobs)),
      least: {
        name: 'the first, and the bytes read and parsed twice',
        points: pointsOf((cost) => first + turnsOfJob * bytesOf(cost)),
      },
    },
    {
      title: 'A history that is read for the first time',
      axis: 'messages',
      unit: 'CPU of reader and Redis, ms for one turn',
      points: pointsOf(({ firstReads }) => medianOf(firstReads), 1),
      least: { name: 'the bytes, read and parsed', points: pointsOf(bytesOf, 1) },
    },
  ];
}

/**
 * New conversations, to which one job after the other is added.
 *
 * @param redis a connection such as the services have
 */
async function measureRound(
  pawl: Pawl,
  redis: RedisConnection,
  costs: ReadonlyMap<number, Costs>,
): Promise<void> {
  const { client } = pawl;
  const ids = Array.from({ length: conversations }, () => newId('conversation', 0));
  for (let done = 0; done <= mostJobs; done += 1) {
    const cost = costs.get(done);
    if (cost !== undefined) {
      const jobs = await Promise.all(ids.map((id) => redis.lrange(keys.startedJobs(id), 0, -1)));
      cost.bytes.push(
        await readCost(pawl, () => Promise.all(jobs.flat().map((job) => readBytes(redis, job)))),
      );
      cost.firstReads.push(
        await readCost(pawl, () =>
          Promise.all(jobs.flat().map((job) => client.store.readJobHistory(job))),
        ),
      );
    }
    const ofJobs = await costOf(pawl, async () => {
      await Promise.all(ids.map((id) => client.job(text, { id, isNew: done === 0 })));
      return conversations;
    });
    cost?.jobs.push(ofJobs);
  }
}

/** The least that a job's part of a history costs: its records, and what is in them. */
async function readBytes(redis: RedisConnection, job: string): Promise<void> {
  const records = await Promise.all([
    redis.hmget(keys.job(job), 'state', 'request'),
    redis.hvals(keys.steps(job)),
  ]);
  for (const record of records.flat()) JSON.parse(record ?? '');
}

/** Milliseconds of CPU of this process and of Redis for each conversation that is read. */
async function readCost(
  { server: { redis } }: Pawl,
  read: () => Promise<unknown>,
): Promise<number> {
  const { cpuOf } = await measureWork({ processes: {}, redis }, read);
  return (cpuOf('client') + cpuOf('redis')) / conversations;
}
