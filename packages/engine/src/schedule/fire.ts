import {
  newId,
  type ScheduledJob,
  ScheduledJobRequest,
  type ScheduleState,
  shardOfId,
  type SlotOutcome,
} from '@pawl/contracts';
import { resolveRequest } from '../agent/resolve.ts';
import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { type AdmissionOutcome, isKeyTaken, tryToAdmit, type UnderKey } from '../job/admit.ts';
import {
  dropWaitingSlot,
  dueSlots,
  skipSlot,
  slotJobId,
  nextWaitingSlot,
  takeWaitingSlot,
  takeSlot,
  takeTriggered,
} from './firing.ts';
import { disabled } from './transitions.ts';

export interface Fired {
  /** False: nothing was to be done. */
  readonly settled: boolean;
  /** When the next slot is; null: the clock has nothing more to do here. */
  readonly next: number | null;
  /** What became of the newest slot, where one was settled. */
  readonly outcome?: SlotOutcome | undefined;
}

/**
 * Settles every slot of a schedule that has come, oldest first, each with one commit: the record and the slot's job are
 * written together, so that whatever dies in between, a slot makes one job and never another.
 */
export async function fireSchedule(engine: Engine, id: string): Promise<Fired> {
  for (let settled = false; ; settled = true) {
    const schedule = await engine.store.readSchedule(id);
    if (schedule === undefined) return { settled, next: null };
    if (await settleAll(engine, schedule)) {
      const { next, lastSlot } = schedule;
      return { settled, next, ...(settled && { outcome: lastSlot?.outcome }) };
    }
  }
}

/** True: nothing was to be done. */
async function settleAll(engine: Engine, schedule: ScheduleState): Promise<boolean> {
  const waiting = nextWaitingSlot(schedule);
  if (waiting !== undefined) {
    await startNextJob(engine, schedule, waiting);
    return false;
  }
  const now = engine.now();
  const servingSince = await engine.store.servingSince(shardOfId(schedule.id), now);
  const slots = dueSlots(schedule, { servingSince }, { ...contextOf(engine), now });
  let record: ScheduleState | undefined = schedule;
  for (const slot of slots) record = record && (await settleSlot(engine, record, slot));
  return slots.length === 0;
}

/** The record after the slot; undefined when somebody else was first, or when the schedule has stopped. */
async function settleSlot(
  engine: Engine,
  schedule: ScheduleState,
  slot: number,
): Promise<ScheduleState | undefined> {
  const decision = takeSlot(schedule, { slot }, contextOf(engine));
  if (decision.kind !== 'started') return commit(engine, schedule, decision.settled);
  const job = slotJobId(schedule, slot);
  const outcome = await admitScheduled(engine, { before: schedule, after: decision.settled, job });
  switch (outcome?.kind) {
    case undefined:
      return undefined;
    case 'admitted':
      return decision.settled;
    case 'busy':
    case 'full':
      return commit(
        engine,
        schedule,
        skipSlot(schedule, { slot, reason: 'conversation_full' }).settled,
      );
    case 'limited':
      return commit(
        engine,
        schedule,
        skipSlot(schedule, { slot, reason: 'limit_reached' }).settled,
      );
    case 'unknown_conversation':
      await stop(engine, schedule);
      return undefined;
    // The clock brings no key.
    case 'key_taken':
      return undefined;
  }
}

async function startNextJob(engine: Engine, before: ScheduleState, slot: number): Promise<void> {
  const job = slotJobId(before, slot);
  const outcome = await admitScheduled(engine, { before, after: takeWaitingSlot(before), job });
  if (outcome?.kind === 'unknown_conversation') await stop(engine, before);
  if (outcome?.kind === 'full') {
    await commit(engine, before, dropWaitingSlot(before, { reason: 'conversation_full' }));
  }
  if (outcome?.kind === 'limited') {
    await commit(engine, before, dropWaitingSlot(before, { reason: 'limit_reached' }));
  }
}

/** The continued conversation is gone: no slot could ever make a job again. */
async function stop(engine: Engine, before: ScheduleState): Promise<void> {
  const message = `The conversation ${before.conversation ?? ''} that it continues no longer exists`;
  const reason = { code: 'conversation_gone', message } as const;
  const after = { ...disabled(before, reason, contextOf(engine)), revision: before.revision + 1 };
  await commit(engine, before, after);
}

async function commit(
  engine: Engine,
  before: ScheduleState,
  after: ScheduleState,
): Promise<ScheduleState | undefined> {
  const commit = await buildCommit(engine, { schedules: [{ before, after }] });
  return (await commitAndWake(engine, commit)) ? after : undefined;
}

interface ScheduledAdmission {
  readonly before: ScheduleState;
  readonly after: ScheduleState;
  readonly job: string;
  readonly underKey?: UnderKey | undefined;
}

/** Admits the job and writes the record, in one commit; undefined: somebody else was first. */
async function admitScheduled(
  engine: Engine,
  { before, after, job: id, underKey }: ScheduledAdmission,
): Promise<AdmissionOutcome | undefined> {
  const [template, existing] = await Promise.all([
    engine.store.readScheduledJob(before.id),
    engine.store.readJob(id),
  ]);
  if (template === undefined) return undefined;
  if (existing !== undefined) {
    return (await commit(engine, before, after)) && { kind: 'admitted', job: existing };
  }
  const {
    body: _body,
    defaults: _defaults,
    trace: _trace,
    webhook,
    ...job
  } = await withAgentOfNow(engine, before, template);
  const { id: schedule, tenant, user, conversation } = before;
  const admission = {
    ...job,
    ...(webhook === undefined ? {} : { webhook }),
    id,
    underKey,
    schedule,
    tenant,
    user,
    conversation: conversation ?? newId('conversation', shardOfId(schedule)),
    startsConversation: conversation === undefined,
    whenBusy: 'queue' as const,
  };
  return tryToAdmit(engine, admission, [{ before, after }]);
}

/**
 * What the schedule posts, as its agent is now. Where the agent is gone, or has changed so that the job does not fit it any
 * more, it goes on with what it was.
 */
async function withAgentOfNow(
  { store }: Engine,
  { tenant }: ScheduleState,
  template: ScheduledJob,
): Promise<ScheduledJob> {
  const { agent: earlier, defaults, body } = template;
  if (earlier === undefined || defaults === undefined) return template;
  const agent = await store.readAgent(tenant, earlier.name);
  const given = ScheduledJobRequest.safeParse(body);
  if (agent === undefined || agent.version === earlier.version || !given.success) return template;
  const resolved = resolveRequest(given.data, agent.definition, defaults);
  if (resolved.kind === 'refused') return template;
  const { request, limits } = resolved;
  return { ...template, agent: { name: agent.name, version: agent.version }, request, limits };
}

export type TriggerOutcome = AdmissionOutcome | { readonly kind: 'unknown_schedule' };

/**
 * Posts the schedule's job now, whatever its clock, its pause or its overlap rule say. Idempotent by the job's id.
 */
export async function triggerSchedule(
  engine: Engine,
  {
    schedule: id,
    job,
    underKey,
  }: { readonly schedule: string; readonly job: string; readonly underKey?: UnderKey | undefined },
): Promise<TriggerOutcome> {
  for (;;) {
    const existing = await engine.store.readJob(job);
    if (existing !== undefined) return { kind: 'admitted', job: existing };
    const before = await engine.store.readSchedule(id);
    if (before === undefined) return { kind: 'unknown_schedule' };
    const after = takeTriggered(before, { job });
    const outcome = await admitScheduled(engine, { before, after, job, underKey });
    if (outcome?.kind === 'admitted') return outcome;
    if (await isKeyTaken(engine, underKey)) return { kind: 'key_taken' };
    if (outcome !== undefined) return outcome;
  }
}
