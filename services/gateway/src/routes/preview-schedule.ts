import { type SchedulePreview, SchedulePreviewRequest } from '@pawl/contracts';
import { instant, upcomingSlots } from '@pawl/engine';
import { checkedTiming } from '../admission/schedule-timing.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { readBody } from '../http/read-body.ts';

const shown = 5;

/** `POST /v1/schedules/preview`: the next five times of a schedule that need not exist. */
export function previewSchedule(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response) => {
    const body = parseInput(SchedulePreviewRequest, await readBody(request, response));
    const slots = upcomingSlots(checkedTiming(gateway, body), gateway.engine.now(), shown);
    const preview: SchedulePreview = {
      object: 'schedule_preview',
      next_runs: slots.map(instant),
    };
    response.json(preview);
  });
}
