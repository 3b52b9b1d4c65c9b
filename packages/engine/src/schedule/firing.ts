import { formatId, type ScheduleState, shardOfId, type SlotOutcome } from '@pawl/contracts';
import type { TransitionContext } from '../domain/rules.ts';
import { newestSlot, nextSlot } from './slots.ts';

/** Jobs that a record remembers as open: the newest ones. */
const openKept = 100;

/**
 * The slots that have come and are not settled, oldest first. What an outage of Redis swallowed is one slot, the
 * newest: `servingSince` is when Redis came back. Every later one counts, whatever happened to workers, unless there
 * are so many that nobody can have been at work.
 */
export function dueSlots(
  { activity, timing, next: first }: ScheduleState,
  { servingSince }: { servingSince: number },
  { now, rules }: Pick<TransitionContext, 'now' | 'rules'>,
): number[] {
  if (activity.name !== 'active' || first === null || first > now) return [];
  const outageEnd = Math.min(servingSince, now);
  const oldest = first <= outageEnd ? newestSlot(timing, first, outageEnd) : first;
  const slots = [oldest];
  for (let slot = nextSlot(timing, oldest); slot !== null && slot <= now;) {
    slots.push(slot);
    if (slots.length > rules.waitingSlotsLimit) return [newestSlot(timing, slot, now)];
    slot = nextSlot(timing, slot);
  }
  return slots;
}

/** `settled` is the record after the slot; `started` makes its job, in the same commit. */
export interface SlotDecision {
  readonly kind: 'started' | 'lined_up' | 'skipped';
  readonly settled: ScheduleState;
}

/** What becomes of a slot that is due, by the overlap rule. */
export function takeSlot(
  schedule: ScheduleState,
  { slot }: { slot: number },
  { rules }: Pick<TransitionContext, 'rules'>,
): SlotDecision {
  const { overlap, open, line } = schedule;
  if (overlap === 'allow' || (open.length === 0 && line.length === 0)) {
    const settled = settle(schedule, slot, { kind: 'started', job: slotJobId(schedule, slot) });
    return { kind: 'started', settled: withJob(settled, slotJobId(schedule, slot)) };
  }
  if (overlap === 'skip') return skipSlot(schedule, { slot, reason: 'overlap' });
  if (line.length >= rules.waitingSlotsLimit)
    return skipSlot(schedule, { slot, reason: 'line_full' });
  const settled = settle(schedule, slot, { kind: 'lined_up' });
  return { kind: 'lined_up', settled: { ...settled, line: [...line, slot] } };
}

type SkipReason = Extract<SlotOutcome, { kind: 'skipped' }>['reason'];

export function skipSlot(
  schedule: ScheduleState,
  { slot, reason }: { slot: number; reason: SkipReason },
): SlotDecision {
  return { kind: 'skipped', settled: settle(schedule, slot, { kind: 'skipped', reason }) };
}

/** The slot that has waited longest, once nothing of the schedule runs any more. */
export function nextWaitingSlot({ activity, open, line }: ScheduleState): number | undefined {
  return activity.name === 'active' && open.length === 0 ? line[0] : undefined;
}

/** The record after the first slot of the line has started. */
export function takeWaitingSlot(schedule: ScheduleState): ScheduleState {
  const [slot = 0, ...line] = schedule.line;
  const job = slotJobId(schedule, slot);
  const newest = schedule.lastSlot?.at === slot;
  return {
    ...withJob(schedule, job),
    revision: schedule.revision + 1,
    line,
    ...(newest ? { lastSlot: { at: slot, outcome: { kind: 'started', job } } } : {}),
  };
}

/** The record after the first slot of the line was given up. */
export function dropWaitingSlot(
  schedule: ScheduleState,
  { reason }: { reason: SkipReason },
): ScheduleState {
  const [slot, ...line] = schedule.line;
  const isNewest = slot !== undefined && schedule.lastSlot?.at === slot;
  return {
    ...schedule,
    revision: schedule.revision + 1,
    line,
    ...(isNewest ? { lastSlot: { at: slot, outcome: { kind: 'skipped', reason } } } : {}),
  };
}

/** The record after a job that no slot asked for. */
export function takeTriggered(schedule: ScheduleState, { job }: { job: string }): ScheduleState {
  return { ...withJob(schedule, job), revision: schedule.revision + 1 };
}

/** One slot can only ever name one job. */
export function slotJobId({ id }: Pick<ScheduleState, 'id'>, slot: number): string {
  return formatId('job', shardOfId(id), `${partOf(id)}-${slot.toString(36)}`);
}

function partOf(id: string): string {
  return id.replace(/^[a-z]+_\d+_/, '');
}

function settle(schedule: ScheduleState, slot: number, outcome: SlotOutcome): ScheduleState {
  return {
    ...schedule,
    revision: schedule.revision + 1,
    next: nextSlot(schedule.timing, slot),
    lastSlot: { at: slot, outcome },
  };
}

function withJob(schedule: ScheduleState, job: string): ScheduleState {
  return { ...schedule, lastJob: job, open: [...schedule.open, job].slice(-openKept) };
}
