import {
  Limits,
  newId,
  type Overlap,
  type ScheduledJob,
  type ScheduleState,
} from '@pawl/contracts';
import { createSchedule, type Engine, type NewSchedule } from '@pawl/engine';
import type { PawlStore } from '@pawl/store';
import { waitFor } from '@pawl/testing';

export interface TestSchedule {
  readonly seconds?: number;
  readonly prompt?: string;
  readonly overlap?: Overlap;
  readonly enabled?: boolean;
  readonly job?: Partial<ScheduledJob>;
  /** How many slots there are; default: no end. */
  readonly slots?: number;
}

/**
 * Makes a schedule as the gateway does, whatever its period. Its first slot is one period after it was made, however
 * long the making takes.
 */
export async function makeSchedule(
  { engine, store }: { engine: Engine; store: PawlStore },
  settings: TestSchedule = {},
): Promise<ScheduleState> {
  const { seconds = 1, prompt = 'Say hello.', overlap = 'allow', enabled = true } = settings;
  const owner = { tenant: 'default', user: 'user_123' };
  const id = newId('schedule', store.shardOf(owner));
  const anchor = Date.now();
  const bounds =
    settings.slots === undefined
      ? {}
      : { endAt: anchor + (settings.slots + 0.5) * seconds * 1_000 };
  const timing = { kind: 'every', seconds, anchor, ...bounds } as const;
  const given: NewSchedule = { id, ...owner, timing, overlap, enabled };
  return createSchedule({ ...engine, now: () => anchor }, given, {
    body: { prompt },
    request: {
      prompt,
      models: ['openai/gpt-4o-mini'],
      modelOptions: {},
      instructions: '',
      connections: [],
      tools: {},
      metadata: {},
    },
    limits: Limits.parse({}),
    onUnknownOutcome: 'ask',
    priority: 0,
    ...settings.job,
  });
}

/** The slots that made a job, in seconds of the schedule's grid, in their order. */
export async function slotsOf(store: PawlStore, schedule: ScheduleState): Promise<number[]> {
  const jobs = await jobsOf(store, schedule);
  return jobs.map((job) => slotOf(schedule, job)).toSorted((one, other) => one - other);
}

/** Every job of a schedule. */
export async function jobsOf(store: PawlStore, { id, tenant }: ScheduleState): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const filter = { tenant, schedule: id, limit: 100 };
    const page = await store.listJobs(cursor === undefined ? filter : { ...filter, cursor });
    ids.push(...page.jobs.map(({ job }) => job.id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

function slotOf({ timing }: ScheduleState, job: string): number {
  if (timing.kind !== 'every') throw new Error('only a grid has numbered slots');
  const time = Number.parseInt(/-([0-9a-z]+)$/.exec(job)?.[1] ?? '', 36);
  return (time - timing.anchor) / (timing.seconds * 1_000);
}

/** Waits until the record is as wanted. */
export async function untilSchedule(
  store: PawlStore,
  id: string,
  holds: (schedule: ScheduleState) => boolean,
  timeoutMilliseconds = 60_000,
): Promise<ScheduleState> {
  return waitFor(
    async () => {
      const schedule = await store.readSchedule(id);
      return schedule !== undefined && holds(schedule) ? schedule : undefined;
    },
    { timeoutMilliseconds, what: `schedule ${id}` },
  );
}
