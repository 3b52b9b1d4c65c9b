import { type JobState, JobStatus } from '@pawl/contracts';
import { statusOf } from '@pawl/engine';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound } from '../http/problem.ts';
import { waitPreference, wholeNumber } from '../http/query.ts';
import { viewOfJob } from '../views.ts';
import { findJob } from './find.ts';
import { createWaitingRoom } from './waiting-room.ts';

export const ReadJobQuery = z.strictObject({
  wait: wholeNumber({ minimum: 1, maximum: 60 }).optional(),
  after: wholeNumber({ minimum: 0, maximum: 1_000_000_000 }).optional(),
});

/** `GET /v1/jobs/{id}`, at once or as soon as there is something to tell. */
export function readJob(gateway: Gateway): TenantHandler {
  const wait = createWaitingRoom(gateway);
  return async (request, response, tenant) => {
    const query = parseInput(ReadJobQuery, request.query);
    const preferred = query.wait === undefined ? waitPreference(request) : undefined;
    const seconds = query.wait ?? preferred;
    if (query.after !== undefined && seconds === undefined) {
      throw invalidField('after', 'needs wait, the seconds to wait for a change');
    }
    const found = await findJob(gateway, { id: request.params['id'], tenant, response });
    const { id } = found.job;
    const until = query.after === undefined ? hasNews : hasChangedSince(query.after);
    if (seconds === undefined || until(found.job)) {
      response.json(viewOfJob(gateway, found));
      return;
    }
    const statuses = query.after === undefined ? newsStatuses : undefined;
    const outcome = await wait({ job: id, tenant, until, statuses, seconds, response });
    if (outcome === 'disconnected') return;
    if (preferred !== undefined && outcome === 'over') {
      response.set('Preference-Applied', `wait=${preferred}`);
    }
    const parts = await gateway.engine.store.readJobParts(id);
    if (parts === undefined) throw notFound(`job ${id}`);
    response.json(viewOfJob(gateway, parts));
  };
}

function hasNews(job: JobState): boolean {
  return newsStatuses.has(statusOf(job));
}

/** Those of jobs that have ended, or need a person. */
const newsStatuses: ReadonlySet<string> = new Set(
  JobStatus.options.filter((status) => status !== 'queued' && status !== 'in_progress'),
);

/** An ended job changes no more: nobody waits for that. */
function hasChangedSince(sequence: number): (job: JobState) => boolean {
  return (job) => job.sequence > sequence || job.phase.name === 'ended';
}
