import { testRedis } from '@pawl/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Lab, openLab } from '../src/lab/lab.ts';
import { cells, pointNames } from '../src/matrix/cells.ts';
import { type CellResult, runMatrix } from '../src/matrix/run-matrix.ts';

// Invariants 1 to 6, with a real process killed at every named point.
const { url, namespace } = testRedis();
let lab: Lab;
let results: CellResult[];

beforeAll(async () => {
  lab = await openLab({ redisUrl: url, prefix: `${namespace}:` });
  results = await runMatrix(lab, { cells, repetitions: 1, lanes: 5 });
}, 600_000);
afterAll(() => lab.close());

test.each(cells.map((cell) => ({ ...cell, where: pointNames[cell.point] })))(
  'a process that dies $where, with a tool that $effect, breaks nothing',
  ({ point, effect }) => {
    const result = results.find(({ cell }) => cell.point === point && cell.effect === effect);
    expect(result?.broken).toEqual([]);
  },
);
