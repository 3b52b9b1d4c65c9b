import type { Scenario } from './world.ts';

const anything = {
  accidents: 'anything at any time',
  callAttempts: 4,
  mishaps: ['lost', 'fatal'],
} as const;

const sizes = { ...anything, workers: 2, crashes: 1, cancels: 1, lostLocks: 0 } as const;

const retried = { ...anything, cancels: 0, lostLocks: 0, expiries: 1 } as const;

const repeated = {
  accidents: 'anything at any time',
  callAttempts: 2,
  mishaps: ['lost', 'failed', 'not_executed'],
  workers: 1,
  crashes: 2,
  cancels: 1,
  lostLocks: 0,
} as const;

/** One slot for each kind of task. */
const few = { slots: { nominal: 1, reserve: 0, groupLimit: 0 }, mishaps: ['lost'] } as const;

const goesOn = { goesOn: true, policy: 'ask', mishaps: ['lost'] } as const;

/** Small enough to be explored whole, and each with what the others do not have. */
export const scenarios: [string, Scenario][] = [
  ['two writing calls, a person asked', { ...sizes, turns: [['writes', 'writes']], policy: 'ask' }],
  [
    'a write and a read, the model told',
    { ...sizes, turns: [['writes', 'reads']], policy: 'tell_model' },
  ],
  ['two reading calls', { ...sizes, turns: [['reads', 'idempotent']], policy: 'ask' }],
  [
    'a deadline in the middle, then a retry: a person asked',
    { ...retried, workers: 2, crashes: 0, turns: [['writes']], policy: 'ask' },
  ],
  [
    'a deadline in the middle, then a retry: the model told',
    { ...retried, workers: 2, crashes: 0, turns: [['writes', 'reads']], policy: 'tell_model' },
  ],
  [
    'a deadline, a death and a retry',
    { ...retried, workers: 1, crashes: 1, turns: [['writes', 'reads']], policy: 'tell_model' },
  ],
  [
    'two workers on one task',
    { ...sizes, crashes: 0, lostLocks: 1, turns: [['writes', 'reads']], policy: 'ask' },
  ],
  ['a write, made again by policy', { ...repeated, turns: [['writes']], policy: 'retry' }],
  [
    'two claims of one call, a deadline and a retry',
    {
      ...retried,
      accidents: 'lost locks in tool calls',
      mishaps: ['failed'],
      workers: 2,
      crashes: 1,
      lostLocks: 1,
      turns: [['writes']],
      policy: 'retry',
    },
  ],
  [
    'a reply that was cut off in its calls, then one that was not',
    { ...sizes, turns: [['writes', 'reads'], ['writes']], cutOff: [0], policy: 'ask' },
  ],
  [
    'two replies that were cut off, a deadline and a retry',
    {
      ...retried,
      workers: 2,
      crashes: 1,
      turns: [['writes'], ['writes']],
      cutOff: [0, 1],
      policy: 'ask',
    },
  ],
  [
    'turns that may not start, or not ask the model, and a retry',
    {
      ...retried,
      workers: 1,
      crashes: 1,
      refusals: 1,
      mishaps: [],
      turns: [['reads']],
      policy: 'ask',
    },
  ],
  [
    'a write that its tool accepts, and tells the result of',
    {
      ...sizes,
      mishaps: ['accepted'],
      results: 1,
      turns: [['writes']],
      policy: 'ask',
    },
  ],
  [
    'a write that its tool accepts, beside a read, the model told',
    {
      ...sizes,
      workers: 1,
      mishaps: ['accepted'],
      results: 1,
      turns: [['writes', 'reads']],
      policy: 'tell_model',
    },
  ],
  [
    'an idempotent call that its tool accepts twice',
    { ...repeated, mishaps: ['accepted'], results: 1, turns: [['idempotent']], policy: 'ask' },
  ],
  [
    'an accepted call, a deadline and a retry',
    {
      ...retried,
      workers: 2,
      crashes: 1,
      mishaps: ['accepted'],
      results: 1,
      turns: [['writes']],
      policy: 'ask',
    },
  ],
  [
    'a write and a read that wait for approval, a death and a cancel',
    {
      ...sizes,
      workers: 1,
      mishaps: ['lost'],
      approve: true,
      turns: [['writes', 'reads']],
      policy: 'ask',
    },
  ],
  [
    'a write that waits for approval, two workers, a deadline and a retry',
    {
      ...retried,
      workers: 2,
      crashes: 0,
      mishaps: [],
      approve: true,
      turns: [['writes']],
      policy: 'ask',
    },
  ],
  [
    'a write that is looked up, a person asked if it is not found',
    { ...sizes, mishaps: ['lost'], check: 'a person is asked', turns: [['writes']], policy: 'ask' },
  ],
  [
    'a write that is looked up, two deaths',
    {
      ...sizes,
      workers: 1,
      crashes: 2,
      mishaps: ['lost'],
      check: 'absent means not done',
      turns: [['writes']],
      policy: 'ask',
    },
  ],
  [
    'a write that is looked up while another worker is still at it',
    {
      ...sizes,
      crashes: 1,
      cancels: 0,
      lostLocks: 1,
      mishaps: ['lost', 'not_executed'],
      check: 'absent means not done',
      turns: [['writes']],
      policy: 'ask',
    },
  ],
  [
    'a look-up, a deadline and a retry',
    {
      ...retried,
      workers: 2,
      crashes: 1,
      mishaps: ['lost'],
      check: 'absent means not done',
      turns: [['writes']],
      policy: 'ask',
    },
  ],
  ['an idempotent call', { ...repeated, turns: [['idempotent']], policy: 'ask' }],
  [
    'one slot for two calls, and a cancel',
    { ...sizes, ...few, turns: [['reads', 'writes']], policy: 'tell_model' },
  ],
  [
    'one slot for two calls, and two deaths',
    {
      ...sizes,
      ...few,
      workers: 1,
      crashes: 2,
      cancels: 0,
      turns: [['reads', 'reads']],
      policy: 'ask',
    },
  ],
  [
    'one slot for two calls, and a lost lock',
    { ...sizes, ...few, crashes: 0, lostLocks: 1, turns: [['reads', 'reads']], policy: 'ask' },
  ],
  ['a worker goes on: a read, a death and a cancel', { ...sizes, ...goesOn, turns: [['reads']] }],
  ['a worker goes on: a write, a death and a cancel', { ...sizes, ...goesOn, turns: [['writes']] }],
  [
    'a worker goes on: two turns of one call each, a death and a cancel',
    { ...sizes, ...goesOn, workers: 1, turns: [['idempotent'], ['writes']] },
  ],
  [
    'a worker goes on: a lost lock',
    { ...sizes, ...goesOn, crashes: 0, cancels: 0, lostLocks: 1, turns: [['reads']] },
  ],
  [
    'a worker goes on: a deadline, a death and a retry',
    { ...retried, ...goesOn, workers: 1, crashes: 1, turns: [['reads']] },
  ],
  [
    'a worker goes on after two calls: one slot, and two deaths',
    { ...sizes, ...few, ...goesOn, workers: 1, crashes: 2, turns: [['reads', 'writes']] },
  ],
];
