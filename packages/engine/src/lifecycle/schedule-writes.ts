import type { ScheduledJob, ScheduleState } from '@pawl/contracts';
import { afterJob } from '../decisions/schedule-jobs.ts';
import type { JobWrite } from '../ports.ts';
import { presentSchedule } from '../present/present-schedule.ts';
import type { ScheduleWrite } from '../schedule-ports.ts';
import type { NewDelivery } from '../webhook-ports.ts';
import type { Engine } from './dependencies.ts';
import { tenantDeliveries } from './event-deliveries.ts';

/** The writes that jobs which end, or are opened again, bring to their schedules. Reads nothing for other jobs. */
export async function scheduleWrites(
  engine: Engine,
  jobs: readonly JobWrite[],
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
  job: JobWrite,
  at: number,
): Promise<ScheduleWrite | undefined> {
  const before = await engine.store.readSchedule(job.after.schedule ?? '');
  if (before === undefined) return undefined;
  const { scheduleFailures } = engine.rules;
  const after = afterJob(before, job, { scheduleFailures, now: at });
  return after === undefined ? undefined : { before, after };
}

/** The webhooks of schedules that stop themselves with this commit. */
export async function scheduleDeliveries(
  engine: Engine,
  writes: readonly ScheduleWrite[],
  at: number,
): Promise<NewDelivery[]> {
  const stopped = writes.flatMap(({ before, after }) =>
    before?.activity.name === 'active' && after?.activity.name === 'disabled' ? [after] : [],
  );
  return (await Promise.all(stopped.map((schedule) => tell(engine, schedule, at)))).flat();
}

async function tell(engine: Engine, schedule: ScheduleState, at: number): Promise<NewDelivery[]> {
  const job: ScheduledJob | undefined = await engine.store.readScheduledJob(schedule.id);
  if (job?.webhook === undefined) return [];
  const last =
    schedule.lastJob === undefined ? undefined : await engine.store.readJobParts(schedule.lastJob);
  return tenantDeliveries({
    id: schedule.id,
    sequence: schedule.revision,
    tenant: schedule.tenant,
    target: job.webhook,
    type: 'schedule.disabled',
    data: presentSchedule({ schedule, job, last }, engine.connectUrl),
    at,
  });
}
