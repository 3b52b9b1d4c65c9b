import type { CallRecord, OutcomeRecord, StepRecord } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { callWith, endedFrom, jobWith, runningStep, turnRecord as turn } from '../../test/job.ts';
import { freshStep, settledStep } from '../job/steps.ts';
import { messagesOf, recentJobs } from './history.ts';

const call = (index: number): CallRecord => ({
  kind: 'call',
  turn: 0,
  index,
  callId: `call_${index}`,
  name: 'tool',
  tool: 'tool',
  connection: 'gmail',
  rawArguments: '{}',
  arguments: {},
});
const outcome = (index: number, answer: OutcomeRecord['answer']): OutcomeRecord => ({
  kind: 'outcome',
  turn: 0,
  index,
  attempts: 1,
  finishedAt: 2,
  answer,
});
const asks = { role: 'assistant', content: null, tool_calls: [{ id: 'call_0' }, { id: 'call_1' }] };
const contents = (job: Parameters<typeof messagesOf>[0]['job'], steps: StepRecord[]) =>
  messagesOf({ job, prompt: 'Go', steps }).map(({ role, content }) =>
    JSON.stringify({ [role as string]: content }),
  );

describe('the messages of a job (invariant 6)', () => {
  test('are its prompt, its replies as they came, and each call’s answer in order', () => {
    const steps = [
      outcome(1, { failure: { code: 'no', message: 'It failed.', retryable: false } }),
      call(1),
      turn({ role: 'assistant', content: 'Done.' }, 1),
      outcome(0, { output: { id: 'm1' } }),
      call(0),
      turn({ ...asks, reasoning_details: ['kept'] }),
    ];
    const messages = messagesOf({ job: jobWith(), prompt: 'Go', steps });
    expect(messages).toEqual([
      { role: 'user', content: 'Go' },
      { ...asks, reasoning_details: ['kept'] },
      { role: 'tool', tool_call_id: 'call_0', content: '{"id":"m1"}' },
      {
        role: 'tool',
        tool_call_id: 'call_1',
        content: '{"error":{"code":"no","message":"It failed.","retryable":false}}',
      },
      { role: 'assistant', content: 'Done.' },
    ]);
  });

  test('say of a cancelled job’s calls which never started and which may have happened', () => {
    const calls = [callWith({ step: runningStep }), callWith({ step: freshStep(3, 0) })];
    const job = endedFrom({ name: 'calls', calls }, { status: 'cancelled', by: 'api' });
    const [, , first, second] = contents(job, [turn(asks), call(0), call(1)]);
    expect(first).toContain('outcome_unknown');
    expect(second).toContain('cancelled');
  });

  test('say of calls that a limit stopped that they were not made', () => {
    const calls = [callWith(), callWith()];
    const job = endedFrom({ name: 'calls', calls }, { status: 'incomplete', stopReason: 'turns' });
    expect(contents(job, [turn(asks), call(0), call(1)]).slice(2)).toEqual([
      expect.stringContaining('limit'),
      expect.stringContaining('limit'),
    ]);
  });

  test('keep the outcome of a call that had settled before the job was cancelled', () => {
    const calls = [callWith({ step: settledStep({ epoch: 4 }, 'succeeded') }), callWith()];
    const job = endedFrom({ name: 'calls', calls }, { status: 'cancelled', by: 'api' });
    const steps = [turn(asks), call(0), call(1), outcome(0, { output: 'sent' })];
    expect(contents(job, steps)[2]).toBe('{"tool":"sent"}');
  });

  test('leave out a reply that says nothing', () => {
    expect(contents(jobWith(), [turn({ role: 'assistant', content: '' })])).toEqual([
      '{"user":"Go"}',
    ]);
  });
});

test('a history that is too long loses its oldest jobs, whole', () => {
  const [first, second, third] = [{ characters: 10 }, { characters: 190 }, { characters: 210 }];
  const within = (characters: number) => recentJobs([first, second, third], characters);
  expect(within(410)).toEqual({ jobs: [first, second, third], characters: 410, complete: true });
  expect(within(409)).toEqual({ jobs: [second, third], characters: 400, complete: false });
  // The first job would fit again, but those between it and the rest would be missing.
  expect(within(399)).toEqual({ jobs: [third], characters: 210, complete: false });
});
