import type { JobState } from '@pawl/contracts';
import { expect, test } from 'vitest';
import { defaultRules } from '../domain/rules.ts';
import { runnableSince, spanIdOfJob, traceOfJob } from './trace.ts';
import { expire, reopen } from './transitions.ts';

const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

const job: JobState = {
  id: 'job_0_a',
  tenant: 'default',
  user: 'user',
  conversation: 'conv_0_a',
  trace,
  sequence: 1,
  createdAt: 1_000,
  expiresAt: 90_000,
  priority: 0,
  limits: { turns: 8, tool_calls: 64, deadline_seconds: 89 },
  onUnknownOutcome: 'ask',
  usage: { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
  turn: 0,
  model: 0,
  claims: [],
  phase: {
    name: 'turn',
    step: { status: 'ready', since: 1, epoch: 0, attempts: 0, crashes: 0, notBefore: 0 },
  },
};

test('a job keeps the trace and the decision of the request that made it, and is a span of its own in it', () => {
  expect(traceOfJob(job)).toBe(`00-0af7651916cd43dd8448eb211c80319c-${spanIdOfJob(job)}-01`);
  expect(spanIdOfJob(job)).toMatch(/^[0-9a-f]{16}$/);
  expect(spanIdOfJob(job)).toBe(spanIdOfJob({ ...job, sequence: 9, turn: 3 }));
  expect(spanIdOfJob({ ...job, id: 'job_0_b' })).not.toBe(spanIdOfJob(job));
});

test('a job that is opened again goes on in its trace, as another span, from that moment on', () => {
  const context = { now: 90_000, random: 0, rules: defaultRules };
  const expired = expire(job, context);
  if (expired.kind !== 'commit') throw new Error('it has not expired');
  const opened = reopen(expired.transition.after, {}, { now: 95_000 });
  if (opened.kind !== 'commit') throw new Error('it is not opened');
  const { after } = opened.transition;
  expect(after.trace).toBe(trace);
  expect(spanIdOfJob(after)).not.toBe(spanIdOfJob(job));
  expect([runnableSince(job), runnableSince(after)]).toEqual([1_000, 95_000]);
});

test('a job without a trace, or with one that nobody can read, is not traced', () => {
  const { trace: _, ...untraced } = job;
  expect(traceOfJob(untraced)).toBeUndefined();
  expect(traceOfJob({ ...job, trace: '01-what' })).toBeUndefined();
});
