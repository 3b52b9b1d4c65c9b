import { testRedis } from '@pawl/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Testbed, openTestbed } from '../src/testbed/testbed.ts';
import { crashCases as allCases, leavesCallOpen, pointNames } from '../src/matrix/crash-cases.ts';
import { type CrashResult, runMatrix } from '../src/matrix/run-matrix.ts';

// Invariants 1 to 6, with a real process killed at every named point.
const { url, namespace } = testRedis();
// These differ from the others where a call is left open, and nowhere else.
const crashCases = allCases.filter(
  (crashCase) =>
    !['looked_up', 'function'].includes(crashCase.effect) ||
    leavesCallOpen(crashCase) ||
    crashCase.point === 'in_look_up',
);
let testbed: Testbed;
let results: CrashResult[];

beforeAll(async () => {
  testbed = await openTestbed({ redisUrl: url, prefix: `${namespace}:` });
  results = await runMatrix(testbed, { crashCases, repetitions: 1, parallel: 5 });
}, 600_000);
afterAll(() => testbed.close());

test.each(crashCases.map((crashCase) => ({ ...crashCase, where: pointNames[crashCase.point] })))(
  'a process that dies $where, with a tool that $effect, breaks nothing',
  ({ point, effect }) => {
    const result = results.find(
      ({ crashCase }) => crashCase.point === point && crashCase.effect === effect,
    );
    expect(result?.broken).toEqual([]);
  },
);
