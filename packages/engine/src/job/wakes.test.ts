import type { CallStep, JobState, TurnStep } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, endedFrom, jobWith, runningStep } from '../../test/job.ts';
import { dueWakes, needlessTasks, newWakes, sweepTime, wakesOf } from './wakes.ts';

const job = 'job_0_a';
const owner = { tenant: 'default', group: 'user' };
const ready = { status: 'ready', ...claimable, notBefore: 20 } as const;
const blocked = (connection: string, since = 3) =>
  ({
    ...claimable,
    status: 'blocked',
    since,
    connection,
    link: 'l',
    blockedAt: 1,
    checkAt: 90,
  }) as const;
const unknown: CallStep = { ...runningStep, status: 'unknown', reason: '', at: 1 };
const settled: CallStep = { status: 'settled', epoch: 4, outcome: 'succeeded' };

const atTurn = (step: TurnStep) => jobWith({ priority: 7, phase: { name: 'turn', step } });
const atCalls = (...steps: CallStep[]) =>
  jobWith({ turn: 2, phase: { name: 'calls', calls: steps.map((step) => callWith({ step })) } });
const turnTask = { kind: 'turn', job, since: 3 };
const callTask = (index: number, since = 3) => ({ kind: 'tool_call', job, turn: 2, index, since });
const scheduled = jobWith({ phase: { name: 'scheduled', since: 3, startAt: 70 } });
const parked = atTurn({ ...ready, placeOf: 'user' });
const lined = jobWith({ phase: { name: 'lined' } });
const ended = (from: JobState) => {
  if (from.phase.name === 'ended') throw new Error('it has ended already');
  return endedFrom(from.phase, { status: 'cancelled', by: 'api' }, { turn: from.turn });
};

const tasks = (state: JobState, now: number) => dueWakes(state, now).map(({ task }) => task);
const needless = (before: JobState) => needlessTasks(before, ended(before));

describe('the tasks that a state calls for (invariant 3)', () => {
  test('are one for the turn, at its time, with its owner, its priority and whether its job has begun', () => {
    expect(wakesOf(atTurn(ready))).toEqual([
      { task: turnTask, at: 20, priority: 7, hasBegun: true, owner },
    ]);
    expect(wakesOf(atTurn(runningStep))).toEqual([
      { task: turnTask, at: 10, priority: 7, hasBegun: true, owner },
    ]);
    const { startedAt: _startedAt, ...fresh } = scheduled;
    expect(wakesOf(fresh)).toEqual([{ task: turnTask, at: 70, priority: 0, owner }]);
  });

  test('are one for each call that is ready or runs', () => {
    expect(wakesOf(atCalls(settled, ready, runningStep, unknown, blocked('gmail')))).toEqual([
      { task: callTask(1), at: 20, priority: 0, hasBegun: true, owner },
      { task: callTask(2), at: 10, priority: 0, hasBegun: true, owner },
    ]);
  });

  test.each([
    ['waits for an account', atTurn(blocked('gmail'))],
    ['waits for a place', parked],
    ['stands in line', lined],
    ['has ended', ended(atTurn(ready))],
  ])('are none while a job %s', (_name, state) => {
    expect(wakesOf(state)).toEqual([]);
  });
});

describe('what the sweeper wakes', () => {
  test('is what is due', () => {
    expect(tasks(atTurn(ready), 20)).toEqual([turnTask]);
    expect(tasks(atTurn(ready), 19)).toEqual([]);
    expect(tasks(atCalls(ready, settled), 20)).toEqual([callTask(0)]);
  });

  test('is a look at each account that is waited for, when its time has come', () => {
    expect(tasks(atTurn(blocked('gmail')), 90)).toEqual([turnTask]);
    expect(tasks(atTurn(blocked('gmail')), 89)).toEqual([]);
    const three = atCalls(blocked('gmail'), settled, blocked('slack', 5), blocked('gmail'));
    expect(tasks(three, 90)).toEqual([callTask(0), callTask(2, 5)]);
  });

  test('is a look for a place, and nothing for who stands in line or has ended', () => {
    expect(tasks(parked, 20)).toEqual([turnTask]);
    expect(tasks(parked, 19)).toEqual([]);
    for (const state of [lined, ended(atTurn(ready))]) expect(tasks(state, 1_000)).toEqual([]);
  });
});

test('a commit adds the wakes that were not there before', () => {
  expect(newWakes(null, atTurn(ready))).toHaveLength(1);
  expect(newWakes(atTurn(ready), atTurn({ ...runningStep }))).toEqual([]);
  expect(newWakes(atTurn(ready), atTurn({ ...ready, since: 9 }))).toMatchObject([
    { task: { since: 9 } },
  ]);
  const after = atCalls(settled, { ...ready, since: 9 }, ready);
  expect(newWakes(atCalls(ready, ready, ready), after).map(({ task }) => task)).toEqual([
    callTask(1, 9),
  ]);
});

describe('the end of a job makes needless', () => {
  test('the tasks of what nobody had claimed', () => {
    expect(needless(atTurn(ready))).toEqual([turnTask]);
    expect(needless(scheduled)).toEqual([turnTask]);
    expect(needless(atCalls(ready, runningStep, settled, ready))).toEqual([
      callTask(0),
      callTask(3),
    ]);
  });

  test('no task that runs, and none where nothing was to be done', () => {
    expect(needless(atTurn(runningStep))).toEqual([]);
    expect(needless(atCalls(runningStep))).toEqual([]);
    expect(needless(lined)).toEqual([]);
  });

  test('nothing, unless it is this commit that ends the job', () => {
    expect(needlessTasks(null, ended(atTurn(ready)))).toEqual([]);
    expect(needlessTasks(atTurn(ready), atTurn(ready))).toEqual([]);
    expect(needlessTasks(ended(atTurn(ready)), ended(atTurn(ready)))).toEqual([]);
  });
});

test.each([
  ['at its start', scheduled, 70],
  ['when its turn is due', atTurn(ready), 20],
  ['since its turn runs', atTurn(runningStep), 10],
  ['when its account is to be looked at', atTurn(blocked('gmail')), 90],
  ['when the first of its calls is due', atCalls(blocked('gmail'), ready, settled), 20],
  ['never, when only a person moves it', atCalls(unknown, settled), undefined],
  ['never, in line', lined, undefined],
  ['never, at its end', ended(atTurn(ready)), undefined],
])('the sweeper looks at a job %s', (_name, state, time) => {
  expect(sweepTime(state)).toBe(time);
});
