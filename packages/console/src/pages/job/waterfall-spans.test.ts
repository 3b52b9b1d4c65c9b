import type { Job, JobStep } from '@pawl/client';
import { expect, test } from 'vitest';
import type { LoggedEvent } from './use-job-events.ts';
import { spansOf } from './waterfall-spans.ts';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString();

/** Events in their order, each at a second. */
function log(...events: readonly (readonly [second: number, event: Partial<LoggedEvent>])[]) {
  return events.map(([second, event], place): LoggedEvent => ({
    type: '',
    ...event,
    id: place + 1,
    created_at: at(second),
  }));
}

const job = { created_at: at(0), started_at: at(1), finished_at: at(60) } as Job;

const turn = (parts: Partial<JobStep> = {}) =>
  ({
    type: 'turn',
    turn: 0,
    status: 'completed',
    model: 'm',
    started_at: at(1),
    finished_at: at(9),
    ...parts,
  }) as JobStep;

const call = (index: number, parts: Partial<JobStep> = {}) =>
  ({ ...turn(), type: 'tool_call', index, tool: 't', status: 'succeeded', ...parts }) as JobStep;

/** What kind each stretch of a line is, and from when until when. */
function stretches(steps: readonly JobStep[], events: readonly LoggedEvent[], line: number) {
  const start = Date.parse(at(0));
  return spansOf(job, steps, events)[line]?.segments.map(({ kind, from, to }) => [
    kind,
    (from - start) / 1_000,
    to === undefined ? undefined : (to - start) / 1_000,
  ]);
}

test('an attempt that failed, the time until the next one, and that one are stretches of their own', () => {
  const events = log(
    [1, { type: 'turn.started', turn: 0, attempt: 1 }],
    [3, { type: 'turn.attempt_failed', turn: 0, attempt: 1, code: 'model_unavailable' }],
    [7, { type: 'turn.started', turn: 0, attempt: 2 }],
    [9, { type: 'turn.completed', turn: 0 }],
  );
  expect(stretches([turn()], events, 1)).toEqual([
    ['failed', 1, 3],
    ['back_off', 3, 7],
    ['model', 7, 9],
  ]);
});

test('an attempt that nobody ended was broken off, when the next one began', () => {
  const events = log(
    [1, { type: 'turn.started', turn: 0, attempt: 1 }],
    [6, { type: 'turn.started', turn: 0, attempt: 2 }],
    [9, { type: 'turn.completed', turn: 0 }],
  );
  expect(stretches([turn()], events, 1)).toEqual([
    ['crashed', 1, 6],
    ['model', 6, 9],
  ]);
});

test('waiting for a person is no attempt, and has its own line', () => {
  const events = log(
    [1, { type: 'turn.started', turn: 0, attempt: 1 }],
    [2, { type: 'job.requires_action', action: 'connect_account' }],
    [7, { type: 'job.resumed' }],
    [7, { type: 'turn.started', turn: 0, attempt: 1 }],
    [9, { type: 'turn.completed', turn: 0 }],
  );
  expect(stretches([turn()], events, 0)).toEqual([
    ['queued', 0, 1],
    ['person', 2, 7],
  ]);
  expect(stretches([turn()], events, 1)).toEqual([
    ['model', 1, 2],
    ['model', 7, 9],
  ]);
});

test('calls that run side by side each have a line, and what runs has no end', () => {
  const events = log(
    [2, { type: 'tool_call.started', turn: 0, index: 0, attempt: 1 }],
    [2, { type: 'tool_call.started', turn: 0, index: 1, attempt: 1 }],
    [4, { type: 'tool_call.completed', turn: 0, index: 0 }],
  );
  const running = { status: 'running', finished_at: null } as Partial<JobStep>;
  const steps = [call(0, { finished_at: at(4) }), call(1, running)];
  expect(stretches(steps, events, 1)).toEqual([['tool', 2, 4]]);
  expect(stretches(steps, events, 2)).toEqual([['tool', 2, undefined]]);
});
