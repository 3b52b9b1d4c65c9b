import type { CallStep, JobState, JobTask, TurnStep } from '@pawl/contracts';
import type { Wake } from '../domain/task.ts';
import { awaitedPlace } from '../tenant/places.ts';
import { awaitedUntil } from './status.ts';

/**
 * The tasks that a stored state calls for, the same for everybody who reads it (invariant 3). A running step's task is
 * among them: it is either alive, then its id is swallowed, or it is lost.
 */
export function wakesOf(job: JobState): Wake<JobTask>[] {
  const { phase } = job;
  switch (phase.name) {
    case 'scheduled':
      return [turnWake(job, phase.since, phase.startAt)];
    case 'turn': {
      const at = wakeTime(phase.step);
      return at === undefined || phase.step.status === 'blocked' || awaitedPlace(job) !== undefined
        ? []
        : [turnWake(job, phase.step.since, at)];
    }
    case 'calls':
      return phase.calls.flatMap(({ step }, index) => {
        switch (step.status) {
          case 'ready':
          case 'running':
            return [callWake(job, index, step.since, wakeTime(step) ?? 0)];
          case 'awaiting_approval':
            return step.until === undefined ? [] : [callWake(job, index, step.since, step.until)];
          case 'unknown': {
            const { lookup } = step;
            return lookup === undefined
              ? []
              : [callWake(job, index, lookup.since, lookup.notBefore)];
          }
          case 'blocked':
          case 'settled':
            return [];
        }
      });
    case 'lined':
    case 'ended':
      return [];
  }
}

/** What the sweeper wakes: what should have moved by now, and waiting steps whose cause is due for a look. */
export function dueWakes(job: JobState, now: number): Wake<JobTask>[] {
  return possibleWakes(job).filter((wake) => wake.at <= now);
}

/** Every task that may run for a state: those that it calls for, and the sweeper's looks. */
function possibleWakes(job: JobState): Wake<JobTask>[] {
  return [...wakesOf(job), ...accountChecks(job), ...placeChecks(job)];
}

function placeChecks(job: JobState): Wake<JobTask>[] {
  const { phase } = job;
  if (phase.name !== 'turn' || phase.step.status !== 'ready') return [];
  const { since, notBefore } = phase.step;
  return awaitedPlace(job) === undefined ? [] : [turnWake(job, since, notBefore)];
}

/** One look per connection is enough: its answer resumes every step that waits for it. */
function accountChecks(job: JobState): Wake<JobTask>[] {
  const { phase } = job;
  if (phase.name === 'turn' && phase.step.status === 'blocked') {
    return [turnWake(job, phase.step.since, phase.step.checkAt)];
  }
  if (phase.name !== 'calls') return [];
  const seen = new Set<string>();
  return phase.calls.flatMap(({ step }, index) => {
    if (step.status !== 'blocked' || seen.has(step.connection)) return [];
    seen.add(step.connection);
    return [callWake(job, index, step.since, step.checkAt)];
  });
}

/**
 * The wakes that a commit adds: a wake that was there before it is in the queue already, or it is the sweeper's look that
 * makes this commit. So a claim adds none: it does not wake, and with that end, the task that it was made by.
 */
export function newWakes(before: JobState | null, after: JobState): Wake<JobTask>[] {
  const known = new Set(before === null ? [] : possibleWakes(before).map(wakeKey));
  return wakesOf(after).filter((wake) => !known.has(wakeKey(wake)));
}

/** The tasks of steps that had not been claimed, and that this commit has made needless. */
export function needlessTasks(before: JobState | null, after: JobState): JobTask[] {
  if (before === null || after.phase.name !== 'ended' || before.phase.name === 'ended') return [];
  const { phase } = before;
  const isReady = ({ task }: Wake<JobTask>) => {
    if (phase.name === 'scheduled') return true;
    if (phase.name === 'turn') return phase.step.status === 'ready';
    const index = task.kind === 'tool_call' ? task.index : undefined;
    const status = phase.name === 'calls' ? phase.calls[index ?? -1]?.step.status : undefined;
    return status !== undefined && ['ready', 'awaiting_approval', 'unknown'].includes(status);
  };
  return wakesOf(before)
    .filter(isReady)
    .map(({ task }) => task);
}

/** When the sweeper should look at the job; undefined where only a person, or another job's end, moves it on. */
export function sweepTime(job: JobState): number | undefined {
  const { phase } = job;
  switch (phase.name) {
    case 'scheduled':
      return phase.startAt;
    case 'turn':
      return wakeTime(phase.step);
    case 'calls': {
      const times = phase.calls.flatMap(({ step }) => wakeTime(step) ?? []);
      return times.length === 0 ? undefined : Math.min(...times);
    }
    case 'lined':
    case 'ended':
      return undefined;
  }
}

function turnWake(job: JobState, since: number, at: number): Wake<JobTask> {
  return { task: { kind: 'turn', job: job.id, since }, at, ...whoseShare(job) };
}

function callWake(job: JobState, index: number, since: number, at: number): Wake<JobTask> {
  return {
    task: { kind: 'tool_call', job: job.id, turn: job.turn, index, since },
    at,
    ...whoseShare(job),
  };
}

/** Whose share a task takes, and where it stands among those that wait for one. */
function whoseShare({ tenant, user, priority, startedAt }: JobState) {
  const begun = startedAt === undefined ? {} : { hasBegun: true };
  return { priority, ...begun, owner: { tenant, group: user } };
}

function wakeTime(step: TurnStep | CallStep): number | undefined {
  switch (step.status) {
    case 'ready':
      return step.notBefore;
    case 'running':
      return awaitedUntil(step) ?? step.startedAt;
    case 'blocked':
      return step.checkAt;
    case 'awaiting_approval':
      return step.until;
    case 'unknown':
      return step.lookup?.notBefore;
    case 'settled':
      return undefined;
  }
}

/** The same step, ready by the same commit. */
export function isSameTask(one: JobTask, other: JobTask): boolean {
  return one.job === other.job && taskKey(one) === taskKey(other);
}

function wakeKey({ task }: Wake<JobTask>): string {
  return taskKey(task);
}

function taskKey(task: JobTask): string {
  return task.kind === 'turn' ? `turn ${task.since}` : `call ${task.index} ${task.since}`;
}
