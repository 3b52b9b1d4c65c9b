import type { JobState, Overlap, ScheduleState, ScheduleTiming } from '@pawl/contracts';
import type { TransitionContext } from '../domain/rules.ts';
import { nextSlot } from './slots.ts';

export interface NewSchedule {
  readonly id: string;
  readonly tenant: string;
  readonly user: string;
  readonly conversation?: string | undefined;
  /** The name of the agent that its job names. */
  readonly agent?: string | undefined;
  readonly timing: ScheduleTiming;
  readonly overlap: Overlap;
  readonly enabled: boolean;
}

/** The record of a schedule that was just made: its first slot lies after now. */
export function newSchedule(
  { enabled, conversation, agent, ...given }: NewSchedule,
  { now }: Pick<TransitionContext, 'now'>,
): ScheduleState {
  return {
    ...given,
    ...(conversation === undefined ? {} : { conversation }),
    ...(agent === undefined ? {} : { agent }),
    revision: 1,
    createdAt: now,
    updatedAt: now,
    activity: { name: enabled ? 'active' : 'paused' },
    next: enabled ? nextSlot(given.timing, now) : null,
    open: [],
    line: [],
    failures: [],
  };
}

export interface ScheduleChange {
  readonly timing?: ScheduleTiming | undefined;
  readonly overlap?: Overlap | undefined;
  readonly enabled?: boolean | undefined;
  readonly conversation?: string | null | undefined;
  readonly agent?: string | null | undefined;
}

/**
 * The record after a change. Slots count from now on where the timing changed or the schedule was enabled: what came
 * while it was paused is not made up for.
 */
export function changeSchedule(
  schedule: ScheduleState,
  change: ScheduleChange,
  { now }: Pick<TransitionContext, 'now'>,
): ScheduleState {
  const timing = change.timing ?? schedule.timing;
  const overlap = change.overlap ?? schedule.overlap;
  const activity = activityAfter(schedule, change.enabled);
  const isActive = activity.name === 'active';
  const wakes = isActive && schedule.activity.name !== 'active';
  const restarts = wakes || JSON.stringify(timing) !== JSON.stringify(schedule.timing);
  const { conversation: before, agent: agentBefore, ...kept } = schedule;
  const conversation = change.conversation === undefined ? before : change.conversation;
  const agent = change.agent === undefined ? agentBefore : change.agent;
  return {
    ...kept,
    ...(typeof conversation === 'string' ? { conversation } : {}),
    ...(typeof agent === 'string' ? { agent } : {}),
    revision: schedule.revision + 1,
    updatedAt: now,
    timing,
    overlap,
    activity,
    next: isActive ? (restarts ? nextSlot(timing, now) : schedule.next) : null,
    line: isActive && overlap === 'queue' ? schedule.line : [],
    failures: wakes ? [] : schedule.failures,
  };
}

function activityAfter(
  { activity }: ScheduleState,
  enabled: boolean | undefined,
): ScheduleState['activity'] {
  if (enabled === undefined) return activity;
  if (enabled) return { name: 'active' };
  return activity.name === 'active' ? { name: 'paused' } : activity;
}

/**
 * What a commit that ends a job of a schedule, or opens it again, makes of the schedule's record: written by that same
 * commit, so that no failure is lost or counted twice. Undefined: nothing.
 */
export function afterJob(
  schedule: ScheduleState,
  { before, after }: { readonly before: JobState | null; readonly after: JobState },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): ScheduleState | undefined {
  const [wasOpen, isOpen] = [isOpenJob(before), isOpenJob(after)];
  if (before === null || wasOpen === isOpen) return undefined;
  const others = schedule.open.filter((id) => id !== after.id);
  const changed = { ...schedule, revision: schedule.revision + 1 };
  if (isOpen) return { ...changed, open: [...others, after.id] };
  const failures = failuresAfter(schedule.failures, after);
  const counted = { ...changed, open: others, failures };
  return schedule.activity.name === 'active' && failures.length >= rules.scheduleFailures
    ? disabled(
        counted,
        { code: 'failures', message: failedMessage(failures.length, after) },
        { now },
      )
    : counted;
}

/** The schedule stops itself, and says why. */
export function disabled(
  schedule: ScheduleState,
  { code, message }: { code: 'failures' | 'conversation_gone'; message: string },
  { now: at }: Pick<TransitionContext, 'now'>,
): ScheduleState {
  const activity = { name: 'disabled', code, message, at } as const;
  return { ...schedule, updatedAt: at, activity, next: null, line: [] };
}

function isOpenJob(job: JobState | null): boolean {
  return job !== null && job.phase.name !== 'ended';
}

/** A job that was opened again and failed again is one failure; a cancelled one says nothing about the schedule. */
function failuresAfter(failures: readonly string[], { id, phase }: JobState): string[] {
  const status = phase.name === 'ended' ? phase.ending.status : undefined;
  switch (status) {
    case 'failed':
    case 'expired':
      return failures.includes(id) ? [...failures] : [...failures, id];
    case 'completed':
    case 'incomplete':
      return [];
    case 'cancelled':
    case undefined:
      return [...failures];
  }
}

function failedMessage(count: number, { id, phase }: JobState): string {
  const failure =
    phase.name === 'ended' && phase.ending.status === 'failed'
      ? `${phase.ending.failure.code}: ${phase.ending.failure.message}`
      : 'it did not end before its deadline';
  const jobs = count === 1 ? 'Its last job' : `Its last ${count} jobs`;
  return `${jobs} failed; the last one, ${id}, with ${failure}`.slice(0, 1_000);
}
