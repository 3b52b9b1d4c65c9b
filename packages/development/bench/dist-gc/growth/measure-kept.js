import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '@pawl/contracts';
import { createKeys } from '@pawl/store';
import { medianOf } from '../measure/load.js';
import { text } from '../no-op.js';
import { copyEndedJob } from './copy-jobs.js';
import { costOf, rest, runJobs, warmJobs, withPawl } from './measure-growth.js';
const keys = createKeys('pawl');
const turns = 9;
const jobsOfTurn = 200;
/**
 * By jobs that are kept in Redis. Two of everything stand side by side, one of which keeps few jobs, and are measured in
 * turns: what a process costs changes with its age, and with what else the machine does. Two alike differ, too, by how
 * their code was compiled: so what they differ by while both keep few is 1.
 */
export async function byJobsKept({ place, kept, say }) {
  const steps = [warmJobs, 0.25 * kept, 0.5 * kept, kept].map(Math.round);
  const points = await withPawl(await placeWithin(place), async (few) =>
    withPawl(await placeWithin(place), async (many) => {
      const { redis } = many.server;
      const ended = await runOne(many);
      for (const pawl of [few, many]) await runJobs(pawl, warmJobs);
      let done = warmJobs;
      let alike;
      const values = [];
      for (const step of steps) {
        if (step > done) await copyEndedJob({ redis, keys }, ended, step - done);
        done = Math.max(done, step);
        await untilRewritten(redis);
        const ratio = await compare(many, few);
        alike ??= ratio;
        values.push({ at: String(done), value: ratio / alike });
        say(`with ${done} jobs kept, a job costs ${ratio.toFixed(3)} of what it does beside it`);
        done += turns * jobsOfTurn;
      }
      return values;
    }),
  );
  const unit = 'CPU of worker and Redis for a job, as a multiple of the first';
  return { title: 'Jobs kept', axis: 'jobs that are kept in Redis', unit, points };
}
async function placeWithin(place) {
  return { ...place, directory: await mkdtemp(join(place.directory, 'kept-')) };
}
async function runOne({ client, server }) {
  const conversation = newId('conversation', 0);
  await client.job(text, { id: conversation, isNew: true });
  const [job] = await server.redis.zrange(keys.conversationJobs(conversation), '0', '-1');
  if (job === undefined) throw new Error(`conversation ${conversation} has no job`);
  return { job, conversation };
}
/** What a job costs in the one as a multiple of what it costs in the other: the median of all turns. */
async function compare(one, other) {
  const ratios = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const costs = new Map();
    for (const pawl of turn % 2 === 0 ? [one, other] : [other, one]) {
      costs.set(pawl, await costOf(pawl, () => runJobs(pawl, jobsOfTurn)));
    }
    ratios.push((costs.get(one) ?? 0) / (costs.get(other) ?? 0));
  }
  return medianOf(ratios);
}
/** Redis writes its append-only file anew when it has grown: until then another process shares the machine. */
async function untilRewritten(redis) {
  while (/^aof_rewrite_(in_progress|scheduled):1/m.test(await redis.info('persistence'))) {
    await rest(0.2);
  }
}
//# sourceMappingURL=measure-kept.js.map
