import { newId } from '@pawl/contracts';
import { startNoOpWorker } from '../contenders/pawl.js';
import { runLoad } from '../measure/load.js';
import { readUsage } from '../measure/usage.js';
import { text } from '../no-op.js';
import { connectPawl } from '../pawl-client.js';
import { startRedis } from '../start-redis.js';
/** A Redis, a worker without ports and a client of their own, for as long as `use` takes. */
export async function withPawl(place, use) {
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
export async function costOf({ server, worker }, work) {
  const measured = { processes: { worker: worker.pid }, redis: server.redis };
  const before = await readUsage(measured);
  const jobs = await work();
  const after = await readUsage(measured);
  const used = (part) => (after.cpu[part] ?? 0) - (before.cpu[part] ?? 0);
  return (used('worker') + used('redis')) / jobs;
}
const unit = 'CPU of worker and Redis, ms for each job';
/** Jobs that are run before anything is measured: until then, compiling takes more than the jobs do. */
export const warmJobs = 4_000;
/** Runs so many jobs, 100 at a time. */
export async function runJobs({ client }, jobs) {
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
export async function byJobsInFlight({ place, seconds }) {
  const counts = [1, 10, 100, 1_000];
  const points = await withPawl(place, async (pawl) => {
    const load = (inFlight) => async () =>
      (await runLoad(() => pawl.client.job(text), { seconds, inFlight })).jobs;
    await runJobs(pawl, warmJobs);
    const values = [];
    for (const count of counts) {
      values.push({ at: String(count), value: await costOf(pawl, load(count)) });
    }
    return values;
  });
  return { title: 'Jobs in flight', axis: 'jobs in flight', unit, points };
}
/** Each job adds its prompt, a reply with a call, its result and an answer. */
const messagesOfJob = 4;
const conversations = 200;
/** By messages of the conversation before the job. */
export async function byHistory({ place }) {
  const positions = new Set([0, 1, 2, 4, 8, 16]);
  const points = await withPawl(place, async (pawl) => {
    await runJobs(pawl, warmJobs);
    const ids = Array.from({ length: conversations }, () => newId('conversation', 0));
    const values = [];
    for (let done = 0; done <= 16; done += 1) {
      const value = await costOf(pawl, async () => {
        await Promise.all(ids.map((id) => pawl.client.job(text, { id, isNew: done === 0 })));
        return conversations;
      });
      if (positions.has(done)) values.push({ at: String(done * messagesOfJob), value });
    }
    return values;
  });
  return { title: 'Messages of history', axis: 'messages before the job', unit, points };
}
/** Commands that Redis runs a second, by idle workers. */
export async function byIdleWorkers({ place, seconds }) {
  const server = await startRedis(place);
  const workers = [];
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
async function commandsPerSecond({ redis }, seconds) {
  const processed = async () =>
    Number(/^total_commands_processed:(\d+)/m.exec(await redis.info('stats'))?.[1] ?? 0);
  // What a worker does when it starts is over by then.
  await rest(2);
  const before = await processed();
  await rest(seconds);
  return ((await processed()) - before - 1) / seconds;
}
export function rest(seconds) {
  return new Promise((resolve) => {
    setTimeout(resolve, seconds * 1_000);
  });
}
//# sourceMappingURL=measure-growth.js.map
