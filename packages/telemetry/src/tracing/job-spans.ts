import type { Ending, JobState, WebhookDelivery } from '@pawl/contracts';
import { runnableSince, spanIdOfJob, traceOfJob, triesOf, type JobTransition } from '@pawl/engine';
import type { Attributes, Tracing } from './tracing.ts';

/**
 * A job is one span, `invoke_agent`. It may end in another process than it began in, so it is told as a whole by the commit
 * that ends the job; its id is known to everybody before.
 */
export function recordJob(tracing: Tracing, { before, after }: JobTransition): void {
  const { phase, trace } = after;
  if (trace === undefined || phase.name !== 'ended' || before?.phase.name === 'ended') return;
  const { usage, agent } = after;
  tracing.record({
    name: agent === undefined ? 'invoke_agent' : `invoke_agent ${agent.name}`,
    parent: trace,
    spanId: spanIdOfJob(after),
    startedAt: runnableSince(after),
    endedAt: phase.at,
    error: errorOf(phase.ending),
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': agent?.name,
      ...jobAttributes(after),
      'gen_ai.usage.input_tokens': usage.inputTokens,
      'gen_ai.usage.output_tokens': usage.outputTokens,
      'pawl.schedule.id': after.schedule,
      'pawl.job.status': phase.ending.status,
      'pawl.job.model_calls': usage.modelCalls,
      'pawl.job.tool_calls': usage.toolCalls,
      'pawl.job.cost_usd': usage.costUsd,
    },
  });
}

function errorOf(ending: Ending): string | undefined {
  switch (ending.status) {
    case 'completed':
    case 'cancelled':
      return undefined;
    case 'incomplete':
      return ending.stopReason;
    case 'failed':
      return ending.failure.code;
    case 'expired':
      return 'expired';
  }
}

/** Takes a turn as a part of its job's trace. @param job as the claim has left it */
export function inTurn<Result>(
  tracing: Tracing | undefined,
  job: JobState,
  work: () => Result,
): Result {
  if (tracing === undefined) return work();
  const trace = traceOfJob(job);
  if (trace === undefined || job.phase.name !== 'turn') return work();
  const { step } = job.phase;
  return tracing.within(trace, { ...jobAttributes(job), ...attemptAt(job, step) }, work);
}

/** The same of a tool call of the current turn. */
export function inCall<Result>(
  tracing: Tracing | undefined,
  job: JobState,
  index: number,
  work: () => Result,
): Result {
  if (tracing === undefined) return work();
  const trace = traceOfJob(job);
  const call = job.phase.name === 'calls' ? job.phase.calls[index] : undefined;
  if (trace === undefined || call === undefined) return work();
  const { step } = call;
  const attempt = step.status === 'settled' ? {} : attemptAt(job, step);
  const attributes = { ...jobAttributes(job), ...attempt, 'gen_ai.tool.call.id': call.callId };
  return tracing.within(trace, attributes, work);
}

/** The same of an attempt at a webhook. */
export function inDelivery<Result>(
  tracing: Tracing | undefined,
  { trace, id, tenant, type, job, attempts }: WebhookDelivery,
  work: () => Result,
): Result {
  if (tracing === undefined || trace === undefined) return work();
  const attributes = {
    'pawl.tenant': tenant,
    'pawl.job.id': job,
    'pawl.webhook.id': id,
    'pawl.webhook.type': type,
    'pawl.attempt': attempts + 1,
  };
  return tracing.within(trace, attributes, work);
}

function jobAttributes({ id, tenant, conversation }: JobState): Attributes {
  return { 'pawl.job.id': id, 'pawl.tenant': tenant, 'gen_ai.conversation.id': conversation };
}

/** An attempt whose worker died has no span: the next one says how many there were. */
function attemptAt({ turn }: JobState, step: Parameters<typeof triesOf>[0]): Attributes {
  return {
    'pawl.turn': turn,
    'pawl.attempt': triesOf(step) + 1,
    'pawl.attempts_lost': step.crashes,
  };
}
