import {
  JsonObject,
  ScheduleChanges,
  type ScheduledJob,
  type ScheduleState,
} from '@pawl/contracts';
import { type ScheduleChange, updateSchedule } from '@pawl/engine';
import { checkedTiming } from '../admission/schedule-timing.ts';
import { completeScheduledJob, scheduleOwner } from '../admission/scheduled-job.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { viewOfSchedule } from '../views.ts';
import { findSchedule } from './find.ts';

/** `PATCH /v1/schedules/{id}`: what the body leaves out stays as it is. */
export function changeSchedule(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const json = await readBody(request, response);
    const body = parseInput(ScheduleChanges, json);
    const found = await findSchedule(gateway, { id: request.params['id'], tenant });
    const posted = await changedJob(gateway, { body, json, schedule: found });
    const changed = await updateSchedule(gateway.engine, found.id, (schedule) => ({
      change: { ...changeOf(gateway, body, schedule), ...posted?.change },
      job: posted?.job,
    }));
    const shown = changed === undefined ? undefined : await viewOfSchedule(gateway, changed);
    if (shown === undefined) throw notFound(`schedule ${found.id}`);
    response.json(shown);
  });
}

const timingFields = ['cron', 'timezone', 'every_seconds', 'start_at', 'end_at'] as const;

/** A schedule that is switched on is checked again: its end may have come. */
function changeOf(
  gateway: Gateway,
  body: ScheduleChanges,
  schedule: ScheduleState,
): ScheduleChange {
  const { overlap, enabled } = body;
  const saysWhen = timingFields.some((field) => body[field] !== undefined);
  const startsAgain = enabled === true && schedule.activity.name !== 'active';
  const timing =
    saysWhen || startsAgain ? checkedTiming(gateway, body, schedule.timing) : undefined;
  return { timing, overlap, enabled };
}

interface ChangedJob {
  readonly job: ScheduledJob;
  readonly change: Pick<ScheduleChange, 'conversation' | 'agent'>;
}

/** A job is replaced whole, but for its user: a schedule stays its user's. */
async function changedJob(
  gateway: Gateway,
  { body, json, schedule }: { body: ScheduleChanges; json: unknown; schedule: ScheduleState },
): Promise<ChangedJob | undefined> {
  if (body.job === undefined) return undefined;
  const { id, tenant, user } = schedule;
  const job = { ...body.job, user: body.job.user ?? user };
  const owner = await scheduleOwner(gateway, { job, tenant, schedule: id });
  if (owner.user !== user) {
    throw invalidField('job.user', 'is not the user of this schedule, which cannot change');
  }
  const given = JsonObject.parse(JsonObject.parse(json)['job']);
  return {
    job: await completeScheduledJob(gateway, { job, given, tenant }),
    change: { conversation: owner.conversation ?? null, agent: job.agent ?? null },
  };
}
