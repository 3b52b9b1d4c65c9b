import { type JobState, JobStatus } from '@pawl/contracts';
import { statusOf } from '@pawl/engine';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound } from '../http/problem.ts';
import { waitPreference, wholeNumber } from '../http/query.ts';
import { detailOfJob } from '../views.ts';
import { findJob, jobIdOf } from './find.ts';
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
    const reference = { id: request.params['id'], tenant, response };
    if (seconds === undefined) {
      response.json(detailOfJob(gateway, await findJob(gateway, reference)));
      return;
    }
    const id = jobIdOf(gateway, reference);
    const isNews = query.after === undefined ? hasNews : hasChangedSince(query.after);
    const outcome = await wait({
      job: id,
      tenant,
      // There is nothing to wait for in another tenant's job.
      until: (job) => job.tenant !== tenant || isNews(job),
      statuses: query.after === undefined ? newsStatuses : undefined,
      seconds,
      response,
    });
    if (outcome.kind === 'disconnected') return;
    const parts =
      outcome.kind === 'found' ? outcome.parts : await gateway.engine.store.readJobParts(id);
    if (parts?.job.tenant !== tenant) throw notFound(`job ${id}`);
    if (preferred !== undefined && outcome.kind !== 'full') {
      response.set('Preference-Applied', `wait=${preferred}`);
    }
    response.json(detailOfJob(gateway, parts));
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
