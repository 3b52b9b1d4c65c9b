import type { ScheduledJob, ScheduleState } from '@pawl/contracts';
import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { isKeyTaken, type UnderKey } from '../job/admit.ts';
import {
  changeSchedule,
  newSchedule,
  type NewSchedule,
  type ScheduleChange,
} from './transitions.ts';

/**
 * Makes a schedule. Idempotent by its id: making it again answers the record as it is. Undefined: another request under
 * the same Idempotency-Key was first.
 */
export async function createSchedule(
  engine: Engine,
  given: NewSchedule,
  job: ScheduledJob,
): Promise<ScheduleState>;
export async function createSchedule(
  engine: Engine,
  given: NewSchedule,
  job: ScheduledJob,
  underKey: UnderKey | undefined,
): Promise<ScheduleState | undefined>;
export async function createSchedule(
  engine: Engine,
  given: NewSchedule,
  job: ScheduledJob,
  underKey?: UnderKey,
): Promise<ScheduleState | undefined> {
  for (;;) {
    const existing = await engine.store.readSchedule(given.id);
    if (existing !== undefined) return existing;
    const after = newSchedule(given, contextOf(engine));
    const idempotency = underKey && { ...underKey, made: after.id };
    const schedules = [{ before: null, after, job }];
    const commit = await buildCommit(engine, { schedules, idempotency });
    if (await commitAndWake(engine, commit)) return after;
    if (await isKeyTaken(engine, underKey)) return undefined;
  }
}

/** Changes a schedule; undefined: there is none (any more). `decide` sees the record that the change is based on. */
export async function updateSchedule(
  engine: Engine,
  id: string,
  decide: (schedule: ScheduleState) => { change: ScheduleChange; job?: ScheduledJob | undefined },
): Promise<ScheduleState | undefined> {
  for (;;) {
    const before = await engine.store.readSchedule(id);
    if (before === undefined) return undefined;
    const { change, job } = decide(before);
    const after = changeSchedule(before, change, contextOf(engine));
    const write = { before, after, ...(job === undefined ? {} : { job }) };
    const commit = await buildCommit(engine, { schedules: [write] });
    if (await commitAndWake(engine, commit)) return after;
  }
}

/** Erases a schedule; what it has posted stays. False: there was none. */
export async function deleteSchedule(engine: Engine, id: string): Promise<boolean> {
  let wasThere = false;
  for (;;) {
    const before = await engine.store.readSchedule(id);
    // Gone after an attempt: that attempt has erased it, and its answer was lost.
    if (before === undefined) return wasThere;
    wasThere = true;
    const commit = await buildCommit(engine, { schedules: [{ before, after: null }] });
    if (await commitAndWake(engine, commit)) return true;
  }
}
