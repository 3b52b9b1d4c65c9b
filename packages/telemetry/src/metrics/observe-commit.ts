import type { CallStep, Ending, JobState, TurnStep, WebhookDelivery } from '@pawl/contracts';
import type { Commit, DeliveryWrite, JobTransition } from '@pawl/engine';
import type { Recorder } from './recorder.ts';

/** Everything that a commit tells: what began, ended, was claimed, lost and spent by it. */
export function observeCommit(recorder: Recorder, { jobs, deliveries = [] }: Commit): void {
  for (const transition of jobs) observeJob(recorder, transition);
  for (const _ of deliveries)
    recorder.count('pawl_webhook_deliveries_total', { status: 'created' });
}

function observeJob(recorder: Recorder, { before, after, model = '' }: JobTransition): void {
  if (before === null) {
    const source = after.schedule === undefined ? 'api' : 'schedule';
    recorder.count('pawl_jobs_created_total', { source });
    return;
  }
  observeSpending(recorder, before, after, model);
  observeTurn(recorder, before, after);
  observeCalls(recorder, before, after);
  observeNoWait(recorder, after);
  if (after.phase.name === 'ended' && before.phase.name !== 'ended') {
    const { ending, at } = after.phase;
    const { status } = ending;
    recorder.count('pawl_jobs_ended_total', { status, reason: reasonOf(ending) });
    recorder.observe('pawl_job_duration_seconds', { status }, seconds(at - after.createdAt));
  }
}

function observeSpending(
  recorder: Recorder,
  { usage: before }: JobState,
  { usage: after }: JobState,
  model: string,
): void {
  const input = after.inputTokens - before.inputTokens;
  const output = after.outputTokens - before.outputTokens;
  const cost = after.costUsd - before.costUsd;
  if (input > 0) recorder.count('pawl_model_tokens_total', { model, type: 'input' }, input);
  if (output > 0) recorder.count('pawl_model_tokens_total', { model, type: 'output' }, output);
  if (cost > 0) recorder.count('pawl_model_cost_usd_total', { model }, cost);
}

function observeTurn(recorder: Recorder, before: JobState, after: JobState): void {
  if (before.phase.name !== 'turn') return;
  const { step } = before.phase;
  const isClaimed =
    after.phase.name === 'turn' &&
    after.turn === before.turn &&
    after.phase.step.status === 'running' &&
    after.phase.step.epoch === after.sequence;
  if (isClaimed && step.status === 'ready' && after.phase.name === 'turn') {
    observeWait(recorder, 'turns', step.notBefore, after.phase.step);
  }
  const isSetAside =
    after.phase.name === 'ended' && reasonOf(after.phase.ending) === 'step_set_aside';
  if (isSetAside) recorder.count('pawl_steps_quarantined_total', {});
  if (step.status === 'running' && (isClaimed || isSetAside)) {
    recorder.count('pawl_claims_lost_total', { kind: 'turn' });
  }
}

function observeCalls(recorder: Recorder, before: JobState, after: JobState): void {
  if (before.phase.name !== 'calls') return;
  const isSetAside =
    after.phase.name === 'ended' && reasonOf(after.phase.ending) === 'step_set_aside';
  if (isSetAside) recorder.count('pawl_steps_quarantined_total', {});
  const then = callsOf(after);
  for (const [index, { step, tool }] of before.phase.calls.entries()) {
    const now = then[index]?.step;
    if (now === undefined || now === step) continue;
    if (step.status === 'ready' && now.status === 'running') {
      observeWait(recorder, 'tool-calls', step.notBefore, now);
    }
    if (now.status === 'unknown' && step.status !== 'unknown')
      recorder.count('pawl_unknown_outcomes_total', { tool });
    // What a claim has reported is no open claim any more.
    const isLost =
      step.status === 'running' &&
      now.status !== 'settled' &&
      after.claims.some(
        ({ turn, index: place, epoch }) =>
          turn === before.turn && place === index && epoch === step.epoch,
      );
    if (isLost) recorder.count('pawl_claims_lost_total', { kind: 'tool_call' });
  }
}

/** A step that was claimed by the commit that made it ready has waited for nobody. */
function observeNoWait(recorder: Recorder, { sequence, phase }: JobState): void {
  const isClaimedAtOnce = (step: TurnStep | CallStep) =>
    step.status === 'running' && step.epoch === sequence && step.since === sequence;
  const noWait = (queue: string) => recorder.observe('pawl_queue_wait_seconds', { queue }, 0);
  if (phase.name === 'turn' && isClaimedAtOnce(phase.step)) noWait('turns');
  if (phase.name !== 'calls') return;
  for (const { step } of phase.calls) if (isClaimedAtOnce(step)) noWait('tool-calls');
}

/** The calls of the turn that a job is at, or ended in. */
function callsOf({ phase }: JobState) {
  const stood = phase.name === 'ended' ? phase.from : phase;
  return stood.name === 'calls' ? stood.calls : [];
}

function observeWait(recorder: Recorder, queue: string, since: number, step: object): void {
  if ('startedAt' in step && typeof step.startedAt === 'number') {
    recorder.observe('pawl_queue_wait_seconds', { queue }, seconds(step.startedAt - since));
  }
}

function reasonOf(ending: Ending): string {
  switch (ending.status) {
    case 'completed':
    case 'expired':
      return '';
    case 'incomplete':
      return ending.stopReason;
    case 'failed':
      return ending.failure.code;
    case 'cancelled':
      return ending.by;
  }
}

/** The same of a webhook's own commits. */
export function observeDelivery(recorder: Recorder, { before, after }: DeliveryWrite): void {
  const { phase } = after;
  if (phase.status === 'running') {
    if (before.phase.status === 'ready') {
      observeWait(recorder, 'webhooks', before.phase.notBefore, phase);
    } else if (before.phase.status === 'running') {
      recorder.count('pawl_claims_lost_total', { kind: 'webhook' });
    }
  }
  if (isSettled(after) && !isSettled(before)) {
    recorder.count('pawl_webhook_deliveries_total', { status: phase.status });
  }
}

function isSettled({ phase }: WebhookDelivery): boolean {
  return phase.status === 'succeeded' || phase.status === 'dead';
}

function seconds(milliseconds: number): number {
  return milliseconds / 1_000;
}
