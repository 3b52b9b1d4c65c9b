import {
  isTextNestedDeeper,
  type Json,
  jsonDepthLimit,
  type TakenEvent,
  TriggerId,
  type TriggerState,
} from '@pawl/contracts';
import { unmetCondition } from '@pawl/engine';
import { type ReceivedEvent, verifyEvent } from '@pawl/providers';
import type { TriggerLine } from '@pawl/store';
import type { Request, RequestHandler } from 'express';
import {
  admitTriggered,
  jobIdOfEvent,
  type ProvenEvent,
  type TriggeredOutcome,
} from '../admission/triggered-job.ts';
import type { Gateway } from '../gateway.ts';
import { limitProblem } from '../http/refusals.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readRawBody } from '../http/read-raw-body.ts';
import { note } from '../http/request-log.ts';

/**
 * `POST /hooks/{token}`: an event of somebody else's program. It is verified on its bytes, becomes one job however often it
 * comes, and is answered with 202 as soon as that job is committed.
 */
export function takeTriggerEvent(gateway: Gateway): RequestHandler {
  const { engine, webhookSecrets } = gateway;
  return async (request, response) => {
    const trigger = await findTrigger(gateway, request);
    note(response, { tenant: trigger.tenant });
    await takeRequest(gateway, trigger.id);
    const body = await readRawBody(request, response);
    const { headers } = request;
    const secret = webhookSecrets.openSecret(trigger.verify.sealed, trigger.id);
    const { type } = trigger.verify;
    const received: ReceivedEvent = { headers, body };
    const id = verifyEvent(received, { type, secret }, engine.now());
    if (id === undefined) {
      await engine.store.countRejection(trigger.id, engine.now());
      throw new ProblemError('signature_invalid', `The event does not prove itself as ${type}.`);
    }
    const payload = parsePayload(body);
    const challenge = type === 'slack' ? challengeOf(payload) : undefined;
    if (challenge !== undefined) {
      response.json({ challenge });
      return;
    }
    const input = { payload, headers: speakableHeaders(received) };
    const line = await workOff(gateway, trigger, { id, input, secret });
    if (line.job !== null) note(response, { job: line.job });
    const taken: TakenEvent = { object: 'taken_event', status: line.status };
    response.status(202).json(taken);
  };
}

/** Who has no address is told nothing of what exists. */
async function findTrigger(
  { engine: { store } }: Gateway,
  request: Request,
): Promise<TriggerState> {
  const id = TriggerId.safeParse(request.params['token']);
  const trigger =
    id.success && store.knowsShardOf(id.data) ? await store.readTrigger(id.data) : undefined;
  if (trigger?.enabled !== true) throw notFound('trigger at this address');
  return trigger;
}

async function takeRequest({ engine: { store }, settings }: Gateway, id: string): Promise<void> {
  const wait = await store.takeTriggerRequest(id, settings.triggers.requestsPerMinute);
  if (wait === 0) return;
  throw new ProblemError('too_many_requests', 'Too many events come to this address.', {
    headers: { 'Retry-After': String(Math.ceil(wait / 1_000)) },
  });
}

function parsePayload(body: string): Json {
  if (isTextNestedDeeper(body, jsonDepthLimit)) {
    throw new ProblemError('invalid_request', `The event has more than ${jsonDepthLimit} levels.`);
  }
  try {
    return JSON.parse(body) as Json;
  } catch {
    throw new ProblemError('malformed_json', 'The event is not JSON: have it sent as such.');
  }
}

/** Slack asks so, once, whether it is us who listen here. */
function challengeOf(payload: Json): string | undefined {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return undefined;
  const { type, challenge } = payload;
  return type === 'url_verification' && typeof challenge === 'string'
    ? challenge.slice(0, 1_000)
    : undefined;
}

/** Headers that say what an event is; none that prove it, or that the way to us has added. */
function speakableHeaders({ headers }: ReceivedEvent): Record<string, string> {
  const spoken = /^(x-(?!forwarded|real-ip)|webhook-id$|content-type$|user-agent$)/;
  const secret = /signature|secret|token|auth|key/;
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' && spoken.test(name) && !secret.test(name)
        ? [[name, value.slice(0, 1_000)]]
        : [],
    ),
  );
}

type Answered = TriggerLine & { readonly status: TakenEvent['status'] };

async function workOff(
  gateway: Gateway,
  trigger: TriggerState,
  event: ProvenEvent,
): Promise<Answered> {
  const { store } = gateway.engine;
  const log = async <Line extends TriggerLine>(line: Line): Promise<Line> => {
    await store.logTriggerEvent(trigger.id, line);
    return line;
  };
  const { id } = event;
  const job = jobIdOfEvent(trigger.id, id);
  const known =
    (await store.jobOfTriggerEvent(trigger.id, id)) ?? (await store.readJob(job))?.id ?? null;
  if (known !== null) return log({ event: id, status: 'duplicate', job: known, reason: null });
  const unmet = unmetCondition(trigger.filter ?? [], event.input);
  if (unmet !== undefined) {
    return log({ event: id, status: 'filtered', job: null, reason: unmet.place });
  }
  const outcome = await admitOrLog(gateway, trigger, event);
  if (outcome.kind === 'admitted') {
    await store.rememberTriggerEvent(trigger.id, id, job);
    return log({ event: id, status: 'accepted', job, reason: null });
  }
  const { problem, reason } = refusalOf(gateway, outcome);
  const status = outcome.kind === 'limited' ? ('limited' as const) : ('failed' as const);
  await log({ event: id, status, job: null, reason });
  throw problem;
}

/** What the trigger's owner has to mend is told in the log, and not to the sender. */
async function admitOrLog(
  gateway: Gateway,
  trigger: TriggerState,
  event: ProvenEvent,
): Promise<TriggeredOutcome> {
  try {
    return await admitTriggered(gateway, trigger, event);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const reason = `${error.code}: ${error.message}`.slice(0, 500);
    const line = { event: event.id, status: 'failed', job: null, reason } as const;
    await gateway.engine.store.logTriggerEvent(trigger.id, line);
    throw unusable();
  }
}

function unusable(): ProblemError {
  return new ProblemError(
    'trigger_failed',
    'The event cannot become a job: the log of the trigger says why.',
  );
}

function refusalOf(
  { engine }: Gateway,
  outcome: Exclude<TriggeredOutcome, { kind: 'admitted' }>,
): { readonly problem: ProblemError; readonly reason: string } {
  switch (outcome.kind) {
    case 'missing':
      return { problem: unusable(), reason: `nothing stands at ${outcome.place}` };
    case 'limited': {
      const problem = limitProblem(outcome.reached, engine.now());
      return { problem, reason: problem.message };
    }
    case 'full':
    case 'busy':
      return {
        problem: new ProblemError('conversation_full', 'Too many events of this key wait.'),
        reason: 'conversation_full',
      };
    case 'unknown_conversation':
    case 'key_taken':
      return { problem: unusable(), reason: outcome.kind };
  }
}
