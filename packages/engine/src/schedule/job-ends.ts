import type { ScheduledJob, ScheduleState } from '@pawl/contracts';
import { contextOf, type Engine } from '../commit/engine.ts';
import type { Commit, JobTransition } from '../domain/commit.ts';
import type { JobParts } from '../domain/job.ts';
import type { ScheduleWrite } from '../domain/commit.ts';
import { isDamagedRecord } from '../domain/stored-records.ts';
import type { NewDelivery } from '../domain/webhook.ts';
import { traceOfJob } from '../job/trace.ts';
import { tenantDeliveries } from '../webhook/event-deliveries.ts';
import { afterJob } from './transitions.ts';
import { scheduleView } from './view.ts';

/** The writes that jobs which end, or are opened again, bring to their schedules. Reads nothing for other jobs. */
export async function scheduleWrites(
  engine: Engine,
  jobs: readonly JobTransition[],
  at: number,
): Promise<ScheduleWrite[]> {
  const moved = jobs.filter(
    ({ before, after }) =>
      after.schedule !== undefined &&
      before !== null &&
      (before.phase.name === 'ended') !== (after.phase.name === 'ended'),
  );
  const writes = await Promise.all(moved.map((job) => writeOf(engine, job, at)));
  return writes.filter((write) => write !== undefined);
}

async function writeOf(
  engine: Engine,
  job: JobTransition,
  at: number,
): Promise<ScheduleWrite | undefined> {
  const before = await engine.store
    .readSchedule(job.after.schedule ?? '')
    .catch((error: unknown) => {
      // A damaged schedule must not keep its jobs from ending.
      if (isDamagedRecord(error)) return undefined;
      throw error;
    });
  if (before === undefined) return undefined;
  const after = afterJob(before, job, { ...contextOf(engine), now: at });
  return after === undefined ? undefined : { before, after };
}

/** The webhooks of schedules that stop themselves with this commit, showing schedule and last job as it makes them. */
export async function scheduleDeliveries(
  engine: Engine,
  { schedules, jobs }: Required<Pick<Commit, 'schedules' | 'jobs'>>,
  at: number,
): Promise<NewDelivery[]> {
  const stopped = schedules.flatMap(({ before, after }) =>
    before?.activity.name === 'active' && after?.activity.name === 'disabled' ? [after] : [],
  );
  return (
    await Promise.all(stopped.map((schedule) => tell(engine, { schedule, jobs }, at)))
  ).flat();
}

async function tell(
  engine: Engine,
  { schedule, jobs }: { readonly schedule: ScheduleState; readonly jobs: readonly JobTransition[] },
  at: number,
): Promise<NewDelivery[]> {
  const job: ScheduledJob | undefined = await engine.store.readScheduledJob(schedule.id);
  if (job?.webhook === undefined) return [];
  const last = await lastJobOf(engine, schedule, jobs);
  const cause = jobs.find(({ after }) => after.schedule === schedule.id)?.after;
  return tenantDeliveries({
    id: schedule.id,
    sequence: schedule.revision,
    tenant: schedule.tenant,
    trace: cause && traceOfJob(cause),
    target: job.webhook,
    type: 'schedule.disabled',
    data: scheduleView({ schedule, job, last }, engine.links),
    at,
  });
}

async function lastJobOf(
  { store }: Engine,
  { lastJob }: ScheduleState,
  jobs: readonly JobTransition[],
): Promise<JobParts | undefined> {
  const stored = lastJob === undefined ? undefined : await store.readJobParts(lastJob);
  const written = jobs.find(({ after }) => after.id === lastJob);
  return stored === undefined || written === undefined ? stored : { ...stored, job: written.after };
}
