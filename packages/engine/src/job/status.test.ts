import type { CallStep, JobState, TurnStep } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, claimable, endedFrom, jobWith, runningStep } from '../../test/job.ts';
import {
  awaitedConnections,
  isStopped,
  requiredActionOf,
  statusOf,
  stopName,
  stopOf,
} from './status.ts';

const ready = { status: 'ready', ...claimable, notBefore: 0 } as const;
const blocked = (connection: string, link = 'link') =>
  ({ ...claimable, status: 'blocked', connection, link, blockedAt: 1, checkAt: 2 }) as const;
const unknown = (epoch: number): CallStep => ({
  ...runningStep,
  status: 'unknown',
  epoch,
  reason: '',
  at: 1,
});
const settled: CallStep = { status: 'settled', epoch: 4, outcome: 'failed' };

const atTurn = (step: TurnStep, parts: Partial<JobState> = {}) =>
  jobWith({ phase: { name: 'turn', step }, ...parts });
const atCalls = (...steps: CallStep[]) =>
  jobWith({ phase: { name: 'calls', calls: steps.map((step) => callWith({ step })) } });
const queued = (() => {
  const { startedAt: _, ...job } = atTurn(ready);
  return job;
})();
const lined = jobWith({ phase: { name: 'lined' } });
const ended = (status: 'cancelled' | 'expired' | 'completed', turn = 0) => {
  const ending = status === 'cancelled' ? ({ status, by: 'api' } as const) : { status };
  return endedFrom({ name: 'turn', step: runningStep }, ending, { turn });
};

test.each([
  ['queued', 'before its start', jobWith({ phase: { name: 'scheduled', since: 1, startAt: 9 } })],
  ['queued', 'in line', lined],
  ['queued', 'before its first turn', queued],
  ['in_progress', 'in a turn', atTurn(ready)],
  ['requires_action', 'in a turn that waits for an account', atTurn(blocked('gmail'))],
  ['in_progress', 'while any of its calls goes on', atCalls(unknown(4), blocked('gmail'), ready)],
  ['in_progress', 'while any of its calls runs', atCalls(unknown(4), runningStep)],
  ['requires_action', 'when every call waits', atCalls(unknown(4), settled)],
  ['cancelled', 'when it was', ended('cancelled')],
  ['completed', 'when it is', ended('completed')],
])('a job is %s %s', (status, _name, job) => {
  expect(statusOf(job)).toBe(status);
});

describe('what a person has to do', () => {
  test('is to connect the account that the turn waits for', () => {
    const action = { type: 'connect_account', connection: 'gmail', link: 'secret' };
    expect(requiredActionOf(atTurn(blocked('gmail', 'secret')))).toEqual(action);
  });

  test('is to connect the first account that a call waits for, before anything is asked', () => {
    const waits = atCalls(unknown(4), settled, blocked('slack', 's'), blocked('gmail', 'g'));
    const action = { type: 'connect_account', connection: 'slack', link: 's' };
    expect(requiredActionOf(waits)).toEqual(action);
  });

  test('is to say of each call what became of it', () => {
    expect(requiredActionOf(atCalls(settled, unknown(4), unknown(5)))).toEqual({
      type: 'resolve_tool_outcome',
      calls: [
        { index: 1, epoch: 4 },
        { index: 2, epoch: 5 },
      ],
    });
  });

  test('is nothing while anything is in flight, or all is settled', () => {
    for (const job of [
      atCalls(unknown(4), ready),
      atCalls(unknown(4), runningStep),
      atCalls(settled),
      atTurn(ready),
      lined,
    ]) {
      expect(requiredActionOf(job)).toBeNull();
    }
  });
});

test('a job is found by each connection that it waits for, once', () => {
  expect(awaitedConnections(atTurn(blocked('gmail')))).toEqual(['gmail']);
  const waits = atCalls(blocked('gmail'), ready, blocked('slack'), blocked('gmail'));
  expect(awaitedConnections(waits)).toEqual(['gmail', 'slack']);
  for (const job of [atTurn(ready), lined]) expect(awaitedConnections(job)).toEqual([]);
});

describe('a model call in flight', () => {
  const running = atTurn(runningStep, { turn: 2 });
  const name = stopName('job_0_a', 2, 4);

  test('goes on while its claim holds', () => {
    expect(isStopped(running, name)).toBe(false);
    expect(stopOf(running, running)).toBeUndefined();
  });

  test('is of no use after its claim, its turn or its job is over', () => {
    const older = stopName('job_0_a', 2, 3);
    expect(isStopped(running, older)).toBe(true);
    for (const job of [undefined, atTurn(ready), atCalls(runningStep), ended('cancelled')]) {
      expect(isStopped(job, name)).toBe(true);
    }
  });

  test('is stopped by the commit that ends its job before its time, or claims its turn', () => {
    expect(stopOf(running, ended('cancelled', 2))).toBe(name);
    expect(stopOf(running, ended('expired', 2))).toBe(name);
    expect(stopOf(running, atTurn({ ...runningStep, epoch: 5 }, { turn: 2 }))).toBe(name);
  });

  test('is not stopped by the commit of its own reply, failure or release', () => {
    const next = atTurn({ ...runningStep, epoch: 5, since: 5 }, { turn: 3 });
    for (const after of [ended('completed'), atCalls(ready), atTurn(ready), next]) {
      expect(stopOf(running, after)).toBeUndefined();
    }
  });

  test('is none where no turn ran', () => {
    for (const before of [null, atTurn(ready), atCalls(runningStep), ended('cancelled')]) {
      expect(stopOf(before, ended('cancelled'))).toBeUndefined();
    }
  });
});
