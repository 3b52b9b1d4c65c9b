import type { JobState } from '@pawl/contracts';

/** The name under which a worker listens for the end of a model call that it has in flight. */
export function stopName(job: string, turn: number, epoch: number): string {
  return `${job} ${turn} ${epoch}`;
}

/** Whether a model call that is in flight has lost its ground, as its job stands now. */
export function isStopped(job: JobState | undefined, name: string): boolean {
  return (
    job?.phase.name !== 'turn' ||
    job.phase.step.status !== 'running' ||
    stopName(job.id, job.turn, job.phase.step.epoch) !== name
  );
}

/**
 * The model call that this commit takes the ground from: its job has ended, or somebody else has claimed its turn. Tool
 * calls are not stopped: what they did is worth knowing (invariants 5 and 6).
 */
export function stopOf(before: JobState | null, after: JobState): string | undefined {
  if (before?.phase.name !== 'turn' || before.phase.step.status !== 'running') return undefined;
  const { epoch } = before.phase.step;
  const ended =
    after.phase.name === 'ended' && ['cancelled', 'expired'].includes(after.phase.ending.status);
  const superseded =
    after.phase.name === 'turn' &&
    after.phase.step.status === 'running' &&
    after.phase.step.epoch > epoch;
  return ended || superseded ? stopName(before.id, before.turn, epoch) : undefined;
}
