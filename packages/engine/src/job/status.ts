import type { CallStep, JobState, JobStatus, ToolCall, TurnStep } from '@pawl/contracts';

/** What a person has to do before the job can go on. */
export type ActionNeeded =
  | {
      readonly type: 'connect_account';
      readonly connection: string;
      readonly link: string;
    }
  | {
      readonly type: 'approve_tool_calls';
      readonly link: string;
      readonly calls: readonly { readonly index: number; readonly epoch: number }[];
    }
  | {
      readonly type: 'resolve_tool_outcome';
      readonly calls: readonly { readonly index: number; readonly epoch: number }[];
    };

/** The public status follows from the phase, so it is never stored. */
export function statusOf(job: JobState): JobStatus {
  const { phase } = job;
  switch (phase.name) {
    case 'scheduled':
    case 'lined':
      return 'queued';
    case 'turn':
      if (phase.step.status === 'blocked') return 'requires_action';
      return job.startedAt === undefined ? 'queued' : 'in_progress';
    case 'calls':
      return requiredActionOf(job) === null ? 'in_progress' : 'requires_action';
    case 'ended':
      return phase.ending.status;
  }
}

/** Null while any call of the turn still runs: a job waits only when nothing of it is in flight (invariant 8). */
export function requiredActionOf(job: JobState): ActionNeeded | null {
  const { phase } = job;
  if (phase.name === 'turn' && phase.step.status === 'blocked') {
    return {
      type: 'connect_account',
      connection: phase.step.connection,
      link: phase.step.link,
    };
  }
  if (phase.name !== 'calls' || phase.calls.some(isMoving)) return null;
  for (const { step } of phase.calls) {
    if (step.status === 'blocked') {
      return {
        type: 'connect_account',
        connection: step.connection,
        link: step.link,
      };
    }
  }
  const callsIn = (status: CallStep['status']) =>
    phase.calls.flatMap(({ step }, index) =>
      step.status === status ? [{ index, epoch: step.epoch }] : [],
    );
  const unapproved = phase.calls.find(({ step }) => step.status === 'awaiting_approval');
  if (unapproved !== undefined) {
    const link = unapproved.approval?.link ?? '';
    return { type: 'approve_tool_calls', link, calls: callsIn('awaiting_approval') };
  }
  const unknown = callsIn('unknown');
  return unknown.length === 0 ? null : { type: 'resolve_tool_outcome', calls: unknown };
}

/** A person has to say something of this call before it goes on. */
export function asksPerson(step: CallStep): boolean {
  return step.status === 'awaiting_approval' || (step.status === 'unknown' && !isLookedUp(step));
}

/** A worker looks whether the call happened, before anybody is asked. */
export function isLookedUp(step: CallStep): boolean {
  return step.status === 'unknown' && step.lookup !== undefined;
}

function isMoving(call: ToolCall): boolean {
  // What a tool has accepted takes its time: people are asked meanwhile.
  const isRunning = call.step.status === 'running' && awaitedUntil(call.step) === undefined;
  return call.step.status === 'ready' || isRunning || isLookedUp(call.step);
}

/** Until when the result of a call is awaited that its tool has accepted; undefined for every other step. */
export function awaitedUntil(step: TurnStep | CallStep): number | undefined {
  if (step.status !== 'running' || step.accepted?.epoch !== step.epoch) return undefined;
  return step.accepted.until;
}

/** The connections that this job waits for: a callback for one of them must find the job. */
export function awaitedConnections(job: JobState): string[] {
  const { phase } = job;
  if (phase.name === 'turn') {
    return phase.step.status === 'blocked' ? [phase.step.connection] : [];
  }
  if (phase.name !== 'calls') return [];
  const connections = phase.calls.flatMap(({ step }) =>
    step.status === 'blocked' ? [step.connection] : [],
  );
  return [...new Set(connections)];
}

/** The name under which a worker listens for the end of a model call that it has in flight. */
export function stopName(job: string, turn: number, epoch: number): string {
  return `${job} ${turn} ${epoch}`;
}

/** Whether a model call that is in flight is of no use any more: its job has ended, or its turn is another claim's. */
export function isStopped(job: JobState | undefined, name: string): boolean {
  return (
    job?.phase.name !== 'turn' ||
    job.phase.step.status !== 'running' ||
    stopName(job.id, job.turn, job.phase.step.epoch) !== name
  );
}

/**
 * The model call in flight that this commit makes useless, if there is one: its job has ended, or another worker has
 * claimed its turn. Tool calls are not stopped: what they did is worth knowing (invariants 5 and 6).
 */
export function stopOf(before: JobState | null, after: JobState): string | undefined {
  if (before?.phase.name !== 'turn' || before.phase.step.status !== 'running') return undefined;
  const { epoch } = before.phase.step;
  const ended =
    after.phase.name === 'ended' && ['cancelled', 'expired'].includes(after.phase.ending.status);
  const superseded =
    after.phase.name === 'turn' &&
    after.turn === before.turn &&
    after.phase.step.status === 'running' &&
    after.phase.step.epoch > epoch;
  return ended || superseded ? stopName(before.id, before.turn, epoch) : undefined;
}
