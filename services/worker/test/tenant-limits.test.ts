import { triggerSchedule } from '@pawl/engine';
import { newId, shardOfId } from '@pawl/contracts';
import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { makeSchedule, untilSchedule } from './harness/schedules.ts';
import { startTestWorker } from './harness/start-test-worker.ts';

const worker = await startTestWorker(testRedis());
const { store, engine, control } = worker;

const read = { tool: 'gmail_get_profile', arguments: {} };
const asked = (text: string) =>
  control.modelRequests().items.filter(({ prompt }) => prompt.includes(text));

test('no model call starts once a budget is used up, and what is left of it caps the output (invariant 10)', async () => {
  const tenant = 'budgets';
  await store.writeOperatorLimits(tenant, { tenant: {}, user: { tokens_per_day: 100 } });
  const text = 'Uses up the budget.';
  control.scriptModel([
    {
      match: { promptIncludes: text },
      turns: [
        { toolCalls: [{ name: read.tool }], usage: { inputTokens: 30, outputTokens: 20 } },
        { toolCalls: [{ name: read.tool }], usage: { inputTokens: 40, outputTokens: 20 } },
        { text: 'never' },
      ],
    },
  ]);
  const id = await worker.post({ prompt: text, user: 'ada' }, { tenant });
  const ended = await worker.ended(id);
  expect(ended).toMatchObject({ status: 'incomplete', stopReason: 'budget' });
  expect(ended.job.usage).toMatchObject({ modelCalls: 2, inputTokens: 70, outputTokens: 40 });
  const caps = asked(text).map(
    ({ body }) => (body as { max_completion_tokens?: number }).max_completion_tokens,
  );
  expect(caps).toEqual([100, 50]);

  const other = await worker.post({ prompt: 'Say hello.', user: 'bob' }, { tenant });
  expect(await worker.ended(other)).toMatchObject({ status: 'completed' });
});

test('a job that was admitted before the budget was used up ends before its first model call', async () => {
  const tenant = 'late';
  const [held, late] = ['Is held.', 'Comes too late.'];
  const match = { operation: 'model', promptIncludes: held } as const;
  control.addFault({ match, effect: { kind: 'hang' } });
  const first = await worker.post({ prompt: held, connections: [] }, { tenant });
  await expect.poll(() => asked(held).length).toBe(1);
  const conversation = (await store.readJob(first))?.conversation;
  const second = await worker.post({ prompt: late, connections: [], conversation }, { tenant });
  await store.writeOwnLimits(tenant, { tenant: { tokens_per_month: 1 }, user: {} });
  control.release(match);
  expect(await worker.ended(first)).toMatchObject({ status: 'completed' });
  expect(await worker.ended(second)).toMatchObject({ status: 'incomplete', stopReason: 'budget' });
  expect(asked(late)).toEqual([]);
});

test('a slot that comes while a limit is reached is skipped, and the schedule says so', async () => {
  const limits = { tenant: { jobs_per_minute: 0 }, user: {} };
  await store.writeOwnLimits('default', limits);
  const schedule = await makeSchedule(worker, { slots: 1 });
  const skipped = await untilSchedule(store, schedule.id, ({ lastSlot }) => lastSlot !== undefined);
  expect(skipped).toMatchObject({
    lastSlot: { outcome: { kind: 'skipped', reason: 'limit_reached' } },
    open: [],
  });
  expect(skipped.lastJob).toBeUndefined();
  const job = newId('job', shardOfId(schedule.id));
  const trigger = { schedule: schedule.id, job };
  expect(await triggerSchedule(engine, trigger)).toMatchObject({
    kind: 'limited',
    reached: { name: 'jobs_per_minute', value: 0 },
  });
  await store.writeOwnLimits('default', { tenant: {}, user: {} });
  expect(await triggerSchedule(engine, trigger)).toMatchObject({ kind: 'admitted' });
});
