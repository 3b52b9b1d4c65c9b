import { JsonObject, newId, ScheduleRequest, type ScheduleState } from '@pawl/contracts';
import { createSchedule as create, type UnderKey } from '@pawl/engine';
import { idempotencyKeyOf, onceUnderKey } from '../admission/once-under-key.ts';
import { checkedTiming } from '../admission/schedule-timing.ts';
import {
  completeScheduledJob,
  scheduleOwner,
  shardOfSchedule,
} from '../admission/scheduled-job.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import { viewOfSchedule } from '../views.ts';

/** `POST /v1/schedules`: 201 once it is committed. */
export function createSchedule(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const key = idempotencyKeyOf(request);
    const json = await readBody(request, response);
    const body = parseInput(ScheduleRequest, json);
    const schedule = await onceUnderKey<ScheduleState>(
      gateway,
      { tenant, key, body: json },
      {
        find: (id) => gateway.engine.store.readSchedule(id),
        make: (underKey) => make(gateway, { body, json, tenant, underKey }),
      },
    );
    const { id } = schedule;
    const shown = await viewOfSchedule(gateway, schedule);
    if (shown === undefined) throw notFound(`schedule ${id}`);
    response.status(201).location(`/v1/schedules/${id}`).json(shown);
  });
}

interface Candidate {
  readonly body: ScheduleRequest;
  readonly json: unknown;
  readonly tenant: string;
  readonly underKey: UnderKey | undefined;
}

/** Undefined: another request under the same Idempotency-Key was first. */
async function make(
  gateway: Gateway,
  { body, json, tenant, underKey }: Candidate,
): Promise<ScheduleState | undefined> {
  const timing = checkedTiming(gateway, body);
  const given = JsonObject.parse(JsonObject.parse(json)['job']);
  const job = await completeScheduledJob(gateway, { job: body.job, given, tenant });
  const id = newId('schedule', await shardOfSchedule(gateway, body.job, tenant));
  await checkRoom(gateway, tenant);
  const owner = await scheduleOwner(gateway, { job: body.job, tenant, schedule: id });
  const { overlap, enabled } = body;
  const agent = body.job.agent;
  const schedule = { id, tenant, ...owner, agent, timing, overlap, enabled };
  return create(gateway.engine, schedule, job, underKey);
}

/** Requests at the same moment may each find the last free place: the bound is against runaways, not a quota. */
async function checkRoom({ engine: { store }, settings }: Gateway, tenant: string): Promise<void> {
  const { perTenant } = settings.schedules;
  if ((await store.countSchedules(tenant)) < perTenant) return;
  throw new ProblemError(
    'schedule_limit',
    `There are ${perTenant} schedules already: delete one that is not needed any more.`,
  );
}
