import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jobWith, runningStep } from '../../test/job.ts';
import { defaultRules } from '../domain/rules.ts';
import { releaseTurn } from './claim.ts';
import { failTurn, remedies, type TurnFailure } from './fail.ts';

const job = jobWith({ phase: { name: 'turn', step: runningStep } });
const failure = { code: 'model_unavailable', message: 'It failed.', retryable: true };
const fail = (parts: Partial<TurnFailure>, state = job) => {
  const decision = failTurn(
    state,
    { epoch: 4, cause: 'model', models: 1, failure: { kind: 'transient', failure }, ...parts },
    { now: 1_000, random: 0, rules: defaultRules },
  );
  if (decision.kind !== 'commit') throw new Error(decision.reason);
  return decision.transition.after;
};
const tired = jobWith({ phase: { name: 'turn', step: { ...runningStep, attempts: 4 } } });

describe('a model call that failed', () => {
  test('is tried again after a wait, under a new task', () => {
    expect(fail({}).phase).toMatchObject({
      step: { status: 'ready', since: 6, attempts: 1, notBefore: 1_500, lastFailure: failure },
    });
  });

  test('waits as long as it was asked to', () => {
    const transient = { kind: 'transient', failure, retryAfter: 30_000 } as const;
    expect(fail({ failure: transient }).phase).toMatchObject({ step: { notBefore: 31_000 } });
  });

  test('fails the job when its attempts are used up', () => {
    expect(fail({}, tired).phase).toMatchObject({ ending: { status: 'failed', failure } });
  });

  test('goes on with the next model first', () => {
    expect(fail({ models: 2 }, tired)).toMatchObject({
      model: 1,
      phase: { step: { attempts: 0 } },
    });
  });

  test('does not change the model for a look-up that failed', () => {
    const after = fail({ models: 2, cause: 'lookup' }, tired);
    expect(after).toMatchObject({ model: 0, phase: { ending: { status: 'failed' } } });
  });

  test('fails at once when no repetition can heal it', () => {
    expect(fail({ failure: { kind: 'fatal', failure }, models: 2 }).phase.name).toBe('ended');
  });
});

describe('a request that was too long', () => {
  const long = { kind: 'context_length', failure } as const;
  const sent = { characters: 1_000, shortest: 100 };

  test('is made again at once with less, no attempt lost', () => {
    expect(fail({ failure: long, sent }, tired)).toMatchObject({
      messageBudget: { model: 0, characters: 500, trims: 1 },
      phase: { step: { status: 'ready', since: 6, attempts: 4, notBefore: 1_000 } },
    });
  });

  test('goes to the next model when nothing is left to leave out, and fails the job after the last', () => {
    const shortest = { characters: 100, shortest: 100 };
    expect(fail({ failure: long, sent: shortest, models: 2 })).toMatchObject({ model: 1 });
    expect(fail({ failure: long, sent: shortest }).phase).toMatchObject({
      ending: { status: 'failed', failure },
    });
  });
});

describe('a reply that cannot be used', () => {
  const unusable = {
    kind: 'unusable',
    failure: { ...failure, code: 'model_invalid_response' },
  } as const;
  const askedTwice = jobWith({
    phase: { name: 'turn', step: { ...runningStep, attempts: 1, lastFailure: unusable.failure } },
  });

  test('is asked for once more', () => {
    expect(fail({ failure: unusable }).phase).toMatchObject({ step: { attempts: 1 } });
  });

  test('a second time fails the job, or goes on with the next model', () => {
    expect(fail({ failure: unusable }, askedTwice).phase).toMatchObject({
      ending: { status: 'failed', failure: { code: 'model_invalid_response' } },
    });
    expect(fail({ failure: unusable, models: 2 }, askedTwice)).toMatchObject({ model: 1 });
  });

  test('is asked for twice, too, where a worker was stopped in between', () => {
    const released = releaseTurn(askedTwice, { epoch: 4 }, { now: 1_000 });
    if (released.kind !== 'commit') throw new Error(released.reason);
    expect(released.transition.after.phase).toMatchObject({
      step: { attempts: 1, lastFailure: unusable.failure },
    });
  });

  test('after a failure that could heal is asked for once more, too', () => {
    const step = { ...runningStep, attempts: 1, lastFailure: failure };
    const state = jobWith({ phase: { name: 'turn', step } });
    expect(fail({ failure: unusable }, state).phase).toMatchObject({ step: { attempts: 2 } });
  });
});

test('what is tried for each kind of failure is the table of docs/endpoints.md', () => {
  const documentation = readFileSync(
    new URL('../../../../docs/endpoints.md', import.meta.url),
    'utf8',
  );
  for (const [kind, tried] of Object.entries(remedies)) {
    const names = tried.map((remedy) => `\`${remedy}\``).join(', ') || 'nothing';
    expect(documentation).toMatch(new RegExp(`^\\| \`${kind}\` +\\|.*\\| ${names} +\\|$`, 'm'));
  }
});

test('what another model could survive goes to it at once, and fails the job where there is none', () => {
  const other = { kind: 'other_model', failure } as const;
  expect(fail({ failure: other, models: 2 })).toMatchObject({
    model: 1,
    phase: { step: { status: 'ready', attempts: 0 } },
  });
  expect(fail({ failure: other }).phase).toMatchObject({ ending: { status: 'failed' } });
});

describe('a model that takes no images or files', () => {
  const content = { kind: 'content', failure } as const;

  test('is given earlier prompts as text, once', () => {
    const after = fail({ failure: content, hasEarlierParts: true, models: 2 }, tired);
    expect(after).toMatchObject({
      model: 0,
      plainHistory: 0,
      phase: { step: { status: 'ready', attempts: 4 } },
    });
    const plain = jobWith({ ...tired, plainHistory: 0 });
    expect(fail({ failure: content, hasEarlierParts: true, models: 2 }, plain).model).toBe(1);
  });

  test('is passed over, and fails the job where there is no other', () => {
    expect(fail({ failure: content, models: 2 }).model).toBe(1);
    expect(fail({ failure: content }).phase).toMatchObject({ ending: { status: 'failed' } });
  });
});

describe('what was paid for a call that failed', () => {
  const usage = { model: 'model', inputTokens: 10, outputTokens: 5, costUsd: 0.25 };

  test.each(['transient', 'unusable', 'other_model', 'fatal'] as const)(
    'is counted, whatever becomes of the job: %s',
    (kind) => {
      const after = fail({ failure: { kind, failure, usage }, models: 2 });
      expect(after.usage).toMatchObject({
        modelCalls: 2,
        inputTokens: 10,
        outputTokens: 5,
        costUsd: 0.25,
      });
    },
  );

  test.each([
    ['tokens', { tokens: 15 }],
    ['cost', { cost_usd: 0.2 }],
    ['turns', { turns: 2 }],
  ])('ends the job where it reaches the limit of %s', (stopReason, limits) => {
    const limited = { ...job, limits: { ...job.limits, ...limits } };
    const after = fail({ failure: { kind: 'transient', failure, usage } }, limited);
    expect(after.phase).toMatchObject({ ending: { status: 'incomplete', stopReason } });
    expect(after.usage.inputTokens).toBe(10);
  });
});

const quota = (resetAt: number) => ({ kind: 'quota', failure, resetAt }) as const;

describe('a quota that is used up', () => {
  test('is waited for when it comes back within the deadline', () => {
    expect(fail({ failure: quota(90_000) }).phase).toMatchObject({ step: { notBefore: 90_000 } });
  });

  test('fails the job when it comes back too late', () => {
    expect(fail({ failure: quota(2_000_000) }).phase.name).toBe('ended');
  });

  test('that says it is back already is not asked in a hot loop, nor for ever', () => {
    expect(fail({ failure: quota(0) }).phase).toMatchObject({
      step: { notBefore: 1_500, attempts: 1 },
    });
    expect(fail({ failure: quota(0) }, tired).phase.name).toBe('ended');
  });
});

const refusedBefore = (pauses: number) =>
  jobWith({ phase: { name: 'turn', step: { ...runningStep, pauses } } });

describe('a provider that asks everybody to wait', () => {
  const limited = { kind: 'transient', failure, retryAfter: 30_000, pausesProvider: true } as const;

  test('is waited for without counting an attempt', () => {
    expect(fail({ failure: limited }).phase).toMatchObject({
      step: { status: 'ready', attempts: 0, pauses: 1, notBefore: 31_000, lastFailure: failure },
    });
  });

  test('is not waited for where another one has a model of the job', () => {
    expect(fail({ failure: limited, models: 3, elsewhere: 2 })).toMatchObject({
      model: 2,
      phase: { step: { status: 'ready', notBefore: 1_000 } },
    });
  });

  test('is not believed when it asks for a year', () => {
    const year = { ...limited, retryAfter: 365 * 86_400_000 };
    expect(fail({ failure: year }).phase).toMatchObject({ step: { notBefore: 901_000 } });
  });

  test('is asked less and less often, and after twenty times it is a failure like any other', () => {
    const soon = { ...limited, retryAfter: 0 };
    expect(fail({ failure: soon }, refusedBefore(9)).phase).toMatchObject({
      step: { notBefore: 31_000 },
    });
    expect(fail({ failure: soon }, refusedBefore(20)).phase).toMatchObject({
      step: { attempts: 1, pauses: 20 },
    });
  });
});
