import type { JobState, ToolCall, WebhookDelivery } from '@pawl/contracts';
import { describe, expect, test } from 'vitest';
import { observeCommit, observeDelivery } from './observe-commit.ts';
import type { Recorder } from './recorder.ts';

/** What was recorded, one line each: name, labels, value. */
function recording() {
  const lines: string[] = [];
  const note = (name: string, labels: object, value = 1) =>
    void lines.push([name, ...Object.values(labels), value].join(' '));
  const recorder: Recorder = { count: note, observe: note, set: note, reset: () => undefined };
  return { recorder, lines };
}

const step = { since: 1, epoch: 0, attempts: 0, crashes: 0 };
const ready = { status: 'ready', ...step, notBefore: 2_000 } as const;
const running = { status: 'running', ...step, epoch: 2, startedAt: 2_500 } as const;

function job(phase: JobState['phase'], parts: Partial<JobState> = {}): JobState {
  return {
    id: 'job_0_a',
    tenant: 'default',
    user: 'user',
    conversation: 'conv_0_a',
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
    phase,
    ...parts,
  };
}

function call(state: ToolCall['step']): ToolCall {
  const name = 'gmail_send_message';
  const facts = { callId: 'a', name, tool: name, connection: 'gmail' };
  return { ...facts, effect: 'writes', inDoubt: false, step: state };
}

function callAt(state: ToolCall['step']): JobState {
  return job({ name: 'calls', calls: [call(state)] }, { sequence: 3 });
}

function delivery(phase: WebhookDelivery['phase']): WebhookDelivery {
  return {
    id: 'del_0_a',
    tenant: 'default',
    event: 'evt_a',
    type: 'job.completed',
    url: 'https://a.example/',
    endpoint: 'a',
    sequence: 1,
    createdAt: 0,
    tries: 0,
    attempts: 0,
    log: [],
    phase,
  };
}

function linesOf(before: JobState | null, after: JobState, model?: string): string[] {
  const { recorder, lines } = recording();
  const transition = { before, after, events: [], steps: [], ...(model && { model }) };
  observeCommit(recorder, { jobs: [transition], at: 0 });
  return lines;
}

describe('a commit', () => {
  test('that admits a job counts it, by what posted it', () => {
    const admitted = job({ name: 'turn', step: ready });
    expect(linesOf(null, admitted)).toEqual(['pawl_jobs_created_total api 1']);
    expect(linesOf(null, { ...admitted, schedule: 'sched_0_a' })).toEqual([
      'pawl_jobs_created_total schedule 1',
    ]);
  });

  test('that claims a turn tells how long it has waited', () => {
    const claimed = job({ name: 'turn', step: running }, { sequence: 2 });
    expect(linesOf(job({ name: 'turn', step: ready }), claimed)).toEqual([
      'pawl_queue_wait_seconds turns 0.5',
    ]);
  });

  test('that claims a turn which somebody else had claimed tells that this claim is lost', () => {
    const again = { ...running, epoch: 3, crashes: 1, startedAt: 9_000 };
    const before = job({ name: 'turn', step: running }, { sequence: 2 });
    expect(linesOf(before, job({ name: 'turn', step: again }, { sequence: 3 }))).toEqual([
      'pawl_claims_lost_total turn 1',
    ]);
  });

  test('that sets a step aside counts the step, the lost claim and the failed job', () => {
    const before = job({ name: 'turn', step: running }, { sequence: 2 });
    const failure = { code: 'step_set_aside', message: '', retryable: true };
    const ending = { status: 'failed', failure } as const;
    const from = { name: 'turn', step: running } as const;
    const ended = job({ name: 'ended', at: 4_000, ending, from }, { sequence: 3 });
    expect(linesOf(before, ended)).toEqual([
      'pawl_steps_quarantined_total 1',
      'pawl_claims_lost_total turn 1',
      'pawl_jobs_ended_total failed step_set_aside 1',
      'pawl_job_duration_seconds failed 3',
    ]);
  });

  test('that cancels a running turn loses no claim', () => {
    const ending = { status: 'cancelled', by: 'api' } as const;
    const from = { name: 'turn', step: running } as const;
    const ended = job({ name: 'ended', at: 2_000, ending, from }, { sequence: 3 });
    expect(linesOf(job(from, { sequence: 2 }), ended)).toEqual([
      'pawl_jobs_ended_total cancelled api 1',
      'pawl_job_duration_seconds cancelled 1',
    ]);
  });

  test('that reports a reply tells what it has cost', () => {
    const before = job({ name: 'turn', step: running }, { sequence: 2 });
    const usage = { modelCalls: 1, toolCalls: 1, inputTokens: 20, outputTokens: 5, costUsd: 0.5 };
    const after = job({ name: 'calls', calls: [call(ready)] }, { sequence: 3, usage });
    expect(linesOf(before, after, 'openai/gpt-4o')).toEqual([
      'pawl_model_tokens_total openai/gpt-4o input 20',
      'pawl_model_tokens_total openai/gpt-4o output 5',
      'pawl_model_cost_usd_total openai/gpt-4o 0.5',
    ]);
  });

  const calling = job({ name: 'calls', calls: [call(running)] }, { sequence: 2 });
  const unknown = { status: 'unknown', ...step, reason: '', at: 3_000 } as const;
  const claims = [{ turn: 0, index: 0, epoch: 2, until: 60_000 }];

  test('that claims a call tells how long it has waited', () => {
    const before = job({ name: 'calls', calls: [call(ready)] });
    expect(linesOf(before, calling)).toEqual(['pawl_queue_wait_seconds tool-calls 0.5']);
  });

  test('that claims the step which it makes ready tells that it has not waited, and loses no claim', () => {
    const at = { since: 3, epoch: 3, crashes: 0, startedAt: 3_000 } as const;
    const claimed = { ...running, ...at };
    const turn = (number: number, step: typeof running | typeof claimed) =>
      job({ name: 'turn', step }, { turn: number, sequence: 3 });
    for (const [before, after, line] of [
      [turn(0, running), turn(1, claimed), 'pawl_queue_wait_seconds turns 0'],
      [turn(0, running), callAt(claimed), 'pawl_queue_wait_seconds tool-calls 0'],
      [callAt(running), turn(1, claimed), 'pawl_queue_wait_seconds turns 0'],
    ] as const) {
      expect(linesOf(before, after)).toEqual([line]);
    }
  });

  test('by which a call’s outcome is unknown counts it, and a lost claim only if that never reported', () => {
    const after = job({ name: 'calls', calls: [call(unknown)] }, { sequence: 3 });
    const outcome = 'pawl_unknown_outcomes_total gmail_send_message 1';
    expect(linesOf(calling, after)).toEqual([outcome]);
    expect(linesOf(calling, { ...after, claims })).toEqual([
      outcome,
      'pawl_claims_lost_total tool_call 1',
    ]);
  });
});

describe('a commit of a webhook', () => {
  const waiting = delivery({ status: 'ready', since: 1, notBefore: 1_000 });
  const sending = delivery({ status: 'running', since: 1, epoch: 2, startedAt: 3_000 });
  const dead = delivery({ status: 'dead', at: 9_000, reason: 'attempts_exhausted' });

  test.each([
    [waiting, sending, ['pawl_queue_wait_seconds webhooks 2']],
    [sending, sending, ['pawl_claims_lost_total webhook 1']],
    [sending, waiting, []],
    [sending, dead, ['pawl_webhook_deliveries_total dead 1']],
    [dead, waiting, []],
  ])('tells what became of it', (before, after, lines) => {
    const recorded = recording();
    observeDelivery(recorded.recorder, { before, after });
    expect(recorded.lines).toEqual(lines);
  });
});
