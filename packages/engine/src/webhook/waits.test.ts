import { expect, test } from 'vitest';
import { defaultWebhookRules } from '../domain/rules.ts';
import { nextAttempt } from './attempt.ts';

const rules = { ...defaultWebhookRules, jitter: 0 };
const waits = Array.from({ length: 11 }, (_, tries) => {
  const next = nextAttempt(rules, { tries, now: 0, random: 0.5 });
  return next.kind === 'at' ? next.time / 1_000 : next.kind;
});

test('the waits are those of Standard Webhooks, and the tenth failure is the last', () => {
  expect(waits).toEqual([
    0,
    5,
    300,
    1_800,
    7_200,
    18_000,
    36_000,
    50_400,
    72_000,
    86_400,
    'exhausted',
  ]);
});

const jittered = (random: number) =>
  nextAttempt(defaultWebhookRules, { tries: 2, now: 1_000, random });

test('jitter moves a wait by a tenth of it at most, both ways', () => {
  expect(jittered(0)).toEqual({ kind: 'at', time: 1_000 + 270_000 });
  expect(jittered(0.5)).toEqual({ kind: 'at', time: 1_000 + 300_000 });
  expect(jittered(0.999_999)).toEqual({ kind: 'at', time: 1_000 + 330_000 });
});

const asked = (retryAfter: number) =>
  nextAttempt(rules, { tries: 1, now: 0, random: 0.5, retryAfter });

test('Retry-After puts an attempt off, never brings it forward, and is bounded', () => {
  expect(asked(1_000)).toEqual({ kind: 'at', time: 5_000 });
  expect(asked(60_000)).toEqual({ kind: 'at', time: 60_000 });
  expect(asked(1e12)).toEqual({ kind: 'at', time: 86_400_000 });
});
