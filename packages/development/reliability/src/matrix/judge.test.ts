import { expect, test } from 'vitest';
import { judge, type Observation } from './judge.ts';

const good: Observation = {
  job: { status: 'completed' },
  asked: false,
  checked: false,
  modelCalls: 3,
  performed: [
    { tool: 'send', arguments: '1', times: 1 },
    { tool: 'send', arguments: '2', times: 1 },
  ],
  followUp: { status: 'completed' },
  webhooks: { arrived: 1, ids: 1 },
  tasksLeft: 0,
};
const [first, second] = good.performed;
const twice = [{ ...first, times: 2 }, second] as Observation['performed'];

test('one superfluous model call is allowed, two are not', () => {
  const crashCase = { point: 'after_model_call', effect: 'writes' } as const;
  expect(judge(crashCase, { ...good, modelCalls: 4 })).toEqual([]);
  expect(judge(crashCase, { ...good, modelCalls: 5 })).toEqual([
    expect.stringContaining('5 times'),
  ]);
});

test('a call may be repeated unless it writes', () => {
  const point = 'after_tool_call';
  expect(judge({ point, effect: 'reads' }, { ...good, performed: twice })).toEqual([]);
  expect(judge({ point, effect: 'writes' }, { ...good, asked: true, performed: twice })).toEqual([
    expect.stringContaining('invariant 5'),
  ]);
});

test('a person is asked exactly where a write may have happened', () => {
  expect(judge({ point: 'after_effect', effect: 'writes' }, good)).toEqual([
    'an unknown outcome was not reported',
  ]);
  expect(judge({ point: 'after_effect', effect: 'reads' }, { ...good, asked: true })).toEqual([
    'a person was asked without need',
  ]);
});

test('a job that does not complete, a refused history and left tasks are told', () => {
  const failure = { code: 'model_error', message: 'refused', retryable: false };
  const seen = {
    ...good,
    job: { status: 'expired' },
    followUp: { status: 'failed', failure },
    tasksLeft: 2,
  } as const;
  expect(judge({ point: 'before_model_call', effect: 'reads' }, seen)).toHaveLength(3);
});

test('a webhook that was interrupted arrives again under the same id', () => {
  const crashCase = { point: 'mid_webhook', effect: 'reads' } as const;
  expect(judge(crashCase, good)).toEqual(['the webhook arrived 1 times under 1 ids']);
  expect(judge(crashCase, { ...good, webhooks: { arrived: 2, ids: 1 } })).toEqual([]);
  expect(judge(crashCase, { ...good, webhooks: { arrived: 2, ids: 2 } })).toHaveLength(1);
});

test('what happened is looked up, and found without a question', () => {
  const looked = { effect: 'looked_up' } as const;
  expect(judge({ ...looked, point: 'after_effect' }, { ...good, checked: true })).toEqual([]);
  expect(judge({ ...looked, point: 'after_effect' }, { ...good, asked: true })).toHaveLength(2);
  expect(judge({ ...looked, point: 'before_tool_call' }, { ...good, asked: true })).toEqual([]);
  expect(
    judge({ point: 'after_effect', effect: 'writes' }, { ...good, checked: true }),
  ).toHaveLength(2);
});

test('an idempotent function has its effect once', () => {
  const crashCase = { point: 'after_effect', effect: 'function' } as const;
  expect(judge(crashCase, good)).toEqual([]);
  expect(judge(crashCase, { ...good, performed: twice })).toHaveLength(1);
});
