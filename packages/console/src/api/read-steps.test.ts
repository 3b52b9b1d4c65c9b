import type { JobStep, Page } from '@pawl/client';
import { expect, test } from 'vitest';
import { readSteps } from './read-steps.ts';

type Status = JobStep['status'];

/** An API whose pages have two steps each, of which only the status is of interest; it notes what it is asked for. */
function listOf(statuses: readonly Status[]) {
  const asked: number[] = [];
  const read = (cursor: string | undefined): Promise<Page<JobStep>> => {
    const from = Number(cursor ?? 0);
    asked.push(from);
    const data = statuses.slice(from, from + 2).map((status, place) => step(from + place, status));
    const next = from + 2 < statuses.length ? String(from + 2) : null;
    return Promise.resolve({ object: 'list', data, next_cursor: next });
  };
  return { asked, read };
}

function step(turn: number, status: Status): JobStep {
  return { type: 'turn', turn, status } as JobStep;
}

test('steps are read page by page', async () => {
  const { asked, read } = listOf(['completed', 'completed', 'completed', 'completed', 'running']);
  const { steps, isCut } = await readSteps(read);
  expect(asked).toEqual([0, 2, 4]);
  expect(steps.map(({ turn }) => turn)).toEqual([0, 1, 2, 3, 4]);
  expect(isCut).toBe(false);
});

test('pages whose steps were done are not read again', async () => {
  const before = await readSteps(
    listOf(['completed', 'completed', 'completed', 'running', 'completed']).read,
  );
  const { asked, read } = listOf([
    'completed',
    'completed',
    'completed',
    'completed',
    'completed',
    'completed',
    'running',
  ]);
  const after = await readSteps(read, before);
  expect(asked).toEqual([2, 4, 6]);
  expect(after).toEqual(await readSteps(listOf(after.steps.map(({ status }) => status)).read));
  const later = listOf([...after.steps.map(({ status }) => status), 'ready']);
  expect((await readSteps(later.read, after)).steps.at(-1)).toMatchObject({ status: 'ready' });
  expect(later.asked).toEqual([6]);
});

test('a step that has failed is read again, since it may be tried again', async () => {
  const before = await readSteps(listOf(['failed', 'completed', 'completed']).read);
  const { asked, read } = listOf(['running', 'completed', 'completed']);
  expect((await readSteps(read, before)).steps[0]).toMatchObject({ status: 'running' });
  expect(asked).toEqual([0, 2]);
});

test('of more pages than anybody looks at the first ones are read', async () => {
  const many = listOf(Array.from({ length: 100 }, () => 'completed' as const));
  const cut = await readSteps(many.read);
  expect([cut.isCut, cut.steps.length, many.asked.length]).toEqual([true, 48, 24]);
  const again = listOf(Array.from({ length: 100 }, () => 'completed' as const));
  expect(await readSteps(again.read, cut)).toEqual(cut);
  expect(again.asked).toEqual([46]);
});
