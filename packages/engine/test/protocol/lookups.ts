import type { JobTask } from '@pawl/contracts';
import type { LookupVerdict } from '../../src/tool-call/lookup.ts';
import {
  type Go,
  type Move,
  now,
  type Scenario,
  toolTimeout,
  type WorkerState,
  type World,
} from './world.ts';

/** What has happened by now is seen, and nothing else; or the look fails. */
export function look(
  world: World,
  scenario: Scenario,
  worker: Extract<WorkerState, { at: 'looks' }>,
  go: Go,
): Move[] {
  const { task } = worker;
  if (task.kind !== 'tool_call') return [];
  const happened = (world.effects[`${task.turn}.${task.index}`] ?? 0) > 0;
  const seen: LookupVerdict = happened
    ? { kind: 'found', with: 'tool_reads', evidence: 'ok' }
    : {
        kind: 'absent',
        lookedFor: 'it',
        lookedAt: timeOfLook(world, task),
        meansNotDone: scenario.check === 'absent means not done',
      };
  const failed: LookupVerdict = { kind: 'failed', message: 'away', retryable: true };
  const fails = { ...world, crashesLeft: world.crashesLeft - 1 };
  return [
    go('looks', world, { at: 'has seen', task, verdict: seen }),
    ...(world.crashesLeft > 0
      ? [go('looks in vain', fails, { at: 'has seen', task, verdict: failed })]
      : []),
  ];
}

export function isLookedUp({ job }: World, task: JobTask): boolean {
  const calls = job.phase.name === 'calls' ? job.phase.calls : [];
  return task.kind === 'tool_call' && calls[task.index]?.step.status === 'unknown';
}

/** Time stands still but for this: once nobody alive makes the call, its claims have timed out. */
export function timeOfLook({ job, workers }: World, task: JobTask): number {
  const isMade = workers.some(
    (worker) =>
      'epoch' in worker &&
      worker.task.kind === 'tool_call' &&
      task.kind === 'tool_call' &&
      worker.task.index === task.index &&
      job.claims.some(({ epoch }) => epoch === worker.epoch),
  );
  return isMade ? now : now + toolTimeout;
}
