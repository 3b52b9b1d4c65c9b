import type { JobStep, JobStepList } from '@pawl/contracts';
import { presentSteps } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { PageQuery, pageOf } from '../http/page.ts';
import { parseInput } from '../http/parse-input.ts';
import { findJob } from './find-job.ts';

/** State and steps are read one after the other; so often again while commits fall in between. */
const readings = 5;

/** `GET /v1/jobs/{id}/steps`: every turn and tool call, in order. */
export function listSteps(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(PageQuery, request.query);
    const reference = { id: request.params['id'], tenant, response };
    const readSteps = async (): Promise<JobStep[]> => {
      for (let reading = 1; ; reading += 1) {
        const before = await findJob(gateway, reference);
        const records = await gateway.store.readSteps(before.job.id);
        const { job } = await findJob(gateway, reference);
        if (job.sequence === before.job.sequence || reading === readings) {
          return presentSteps(job, records);
        }
      }
    };
    const { items, nextCursor } = pageOf(await readSteps(), query);
    const list: JobStepList = { object: 'list', data: [...items], next_cursor: nextCursor };
    response.json(list);
  };
}
