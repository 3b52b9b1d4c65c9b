import type { Erasure } from '@pawl/store';
import { instant } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput } from '../http/mount.ts';
import { ProblemError } from '../http/problem.ts';
import { findConversation, findJobState } from './find.ts';

/** `DELETE /v1/jobs/{id}`: erases a job that has ended, with its steps, webhooks and Idempotency-Key. */
export function eraseJob(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    const { id } = await findJobState(gateway, { id: request.params['id'], tenant, response });
    await erase(gateway, id);
    response.status(204).end();
  });
}

const erasedAtOnce = 10;

/**
 * `DELETE /v1/conversations/{id}`: erases all its jobs, and the conversation with the last one. It ends in the middle only
 * where a job was posted to it meanwhile, or the gateway died: it may be repeated.
 */
export function eraseConversation(gateway: Gateway): TenantHandler {
  const { store } = gateway.engine;
  return withoutInput(async (request, response, tenant) => {
    const { id } = await findConversation(gateway, { id: request.params['id'], tenant });
    await refuseActive(gateway, id);
    for (;;) {
      const jobs = await store.jobsOfConversation(id, erasedAtOnce);
      if (jobs.length === 0) break;
      await Promise.all(jobs.map((job) => erase(gateway, job)));
    }
    response.status(204).end();
  });
}

/** Before anything is erased: what holds the conversation, or waits in it, has to end first. */
async function refuseActive({ engine: { store, now } }: Gateway, id: string): Promise<void> {
  const conversation = await store.readConversation(id);
  if (conversation === undefined) return;
  const { active, line, holds } = conversation;
  // While calls of an ended job are in flight, it still holds the conversation.
  const running = active === null ? undefined : await store.readJob(active);
  if (active !== null && running !== undefined && running.phase.name !== 'ended') {
    throw problemOf(active, { kind: 'active' }, now());
  }
  if (line.count > 0) {
    throw new ProblemError(
      'job_not_ended',
      `${line.count} jobs wait in conversation ${id}. Cancel them, or wait until they have ended.`,
    );
  }
  const [call] = Object.entries(holds);
  if (call === undefined) return;
  const [job = ''] = call[0].split(' ');
  throw problemOf(job, { kind: 'in_flight', until: call[1] }, now());
}

/** Another change of the job at the same moment, such as an attempt of its webhook. */
const mostTries = 20;

async function erase({ engine: { store, now } }: Gateway, job: string): Promise<void> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const erasure = await store.eraseJob(job);
    if (erasure.kind === 'erased' || erasure.kind === 'unknown_job') return;
    if (erasure.kind !== 'changed') throw problemOf(job, erasure, now());
  }
  throw problemOf(job, { kind: 'changed' }, now());
}

type Refusal = Exclude<Erasure, { kind: 'erased' | 'unknown_job' }>;

function problemOf(job: string, refusal: Refusal, now: number): ProblemError {
  switch (refusal.kind) {
    case 'active':
      return new ProblemError(
        'job_not_ended',
        `Job ${job} has not ended. Cancel it, or wait until it has ended.`,
      );
    case 'in_flight':
      return new ProblemError(
        'calls_in_flight',
        `A tool call of job ${job} may still be in flight. What it did is known at ${instant(refusal.until)} at the latest.`,
        { headers: { 'Retry-After': secondsUntil(refusal.until, now) } },
      );
    case 'changed':
      return new ProblemError('job_changing', `Job ${job} changes just now: repeat the request.`, {
        headers: { 'Retry-After': '1' },
      });
  }
}

function secondsUntil(time: number, now: number): string {
  return String(Math.max(1, Math.ceil((time - now) / 1_000)));
}
