import {
  dispatch,
  emptyPool,
  enterPool,
  leavePool,
  tryPool,
  type Capacity,
  type SharePool,
} from '@pawl/engine';
import { testRedis } from '@pawl/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRunShares, luaOf, type ShareOperation } from '../src/shares/run-shares.ts';

const redis = testRedis();
// No queue of BullMQ: a task that was given a share once may want one again.
const run = createRunShares(
  redis.redis,
  `local kinds = {}
  local function add_task() end
  local function start_task() return true end
  local function finish_task() end
  ${luaOf('shares')}`,
);

type Step =
  | {
      kind: 'enter';
      id: string;
      tenant: string;
      group: string;
      priority: number;
      hasBegun?: boolean;
    }
  | { kind: 'try' | 'start'; id: string; tenant: string; group: string; priority: number }
  | { kind: 'leave'; id: string }
  | { kind: 'drop'; id: string };

const id = fc.integer({ min: 0, max: 25 }).map((number) => `task-${number}`);
const owner = { tenant: fc.constantFrom('a', 'b', 'c'), group: fc.constantFrom('x', 'y', 'z') };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('enter' as const),
      id,
      ...owner,
      priority: fc.constantFrom(0, 0, 1, 5),
      hasBegun: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('try' as const, 'start' as const),
      id,
      ...owner,
      priority: fc.constant(0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('leave' as const), id }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), id }) },
);
const capacity: fc.Arbitrary<Capacity> = fc.record({
  nominal: fc.integer({ min: 0, max: 6 }),
  reserve: fc.integer({ min: 0, max: 4 }),
  groupLimit: fc.constantFrom(0, 0, 1, 3),
});

/** What the pure functions answer, in the words of the script. */
function apply(
  pool: SharePool,
  next: Step,
  slots: Capacity,
): { pool: SharePool; answers: string[] } {
  if (next.kind === 'leave' || next.kind === 'drop') {
    const isHeld = pool.held[next.id] !== undefined;
    if (isHeld !== (next.kind === 'leave')) return { pool, answers: [] };
    const left = leavePool(pool, next.id);
    if (next.kind === 'drop') return { pool: left, answers: [] };
    const { pool: after, granted } = dispatch(left, slots);
    return { pool: after, answers: granted.map((task) => `granted ${task}`) };
  }
  if (next.kind === 'try') {
    const { pool: after, taken } = tryPool(pool, next, slots);
    return { pool: after, answers: [`${taken ? 'granted' : 'refused'} ${next.id}`] };
  }
  if (next.kind === 'start') {
    const isKnown =
      pool.held[next.id] !== undefined || pool.parked.some((parked) => parked.id === next.id);
    if (isKnown) return { pool, answers: [`refused ${next.id}`] };
    const { pool: after, taken } = tryPool(pool, next, slots);
    return { pool: after, answers: [`${taken ? 'started' : 'refused'} ${next.id}`] };
  }
  const { pool: after, outcome } = enterPool(pool, next, slots);
  return { pool: after, answers: [`${outcome} ${next.id}`] };
}

function operationOf(pool: string, next: Step): ShareOperation {
  if (next.kind === 'leave' || next.kind === 'drop') return { ...next, pool };
  const { kind, tenant, group, priority } = next;
  const hasBegun = 'hasBegun' in next ? next.hasBegun : undefined;
  const ownership = { tenant, group, priority, hasBegun };
  const wanted = { pool, id: next.id, ownership, payload: '{}' };
  return kind === 'start'
    ? { kind, ...wanted, lock: { token: 'token', duration: 1_000 } }
    : { kind, ...wanted };
}

let pools = 0;

test('the script gives the shares that the pure rule gives, in the same order', async () => {
  const property = fc.asyncProperty(
    capacity,
    fc.array(step, { minLength: 1, maxLength: 80 }),
    async (slots, steps) => {
      const pool = `pool-${(pools += 1)}`;
      const { nominal, reserve, groupLimit } = slots;
      const words = `${nominal} ${reserve} ${groupLimit}`;
      await redis.redis.hset(`${redis.prefix}:shares:capacity`, pool, words);
      let model = emptyPool;
      const expected = steps.map((next) => {
        const { pool: after, answers } = apply(model, next, slots);
        model = after;
        return answers;
      });
      const operations = steps.map((next) => operationOf(pool, next));
      const answers = await run(redis.prefix, operations, 1_000);
      expect(answers.map((answer) => `${answer.outcome} ${answer.id}`)).toEqual(expected.flat());

      const present = [...Object.keys(model.held), ...model.parked.map((task) => task.id)];
      const rest: ShareOperation[] = present.flatMap((task) => [
        { kind: 'drop', pool, id: task },
        { kind: 'leave', pool, id: task },
      ]);
      // Whoever is started by the end of another one is left, too.
      await run(redis.prefix, [...rest, ...rest], 2_000);
      expect((await redis.keys()).filter((key) => key.includes(`:${pool}`))).toEqual([]);
    },
  );
  await fc.assert(property, { numRuns: 300 });
});
