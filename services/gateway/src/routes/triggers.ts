import {
  JsonObject,
  newId,
  type Trigger,
  TriggerChanges,
  type TriggerEventList,
  TriggerId,
  type TriggerList,
  TriggerRequest,
  TriggeredJobRequest,
  type TriggerState,
} from '@pawl/contracts';
import { instant, parseTemplate } from '@pawl/engine';
import { EncryptionKeyMissingError, InvalidCursorError } from '@pawl/store';
import type { Request } from 'express';
import { z } from 'zod';
import { userOf } from '../admission/complete-request.ts';
import { checkTriggeredJob } from '../admission/triggered-job.ts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutInput, withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { invalidField, notFound, ProblemError } from '../http/problem.ts';
import { invalidCursor, PageQuery, wholeNumber } from '../http/query.ts';
import { readBody } from '../http/read-body.ts';

export const ListTriggersQuery = z.strictObject({
  limit: wholeNumber({ minimum: 1, maximum: 100 }).default(20),
  cursor: z.string().min(1).max(1_000).optional(),
});

/** `GET /v1/triggers`, newest first. */
export function listTriggers(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(ListTriggersQuery, request.query);
    const { items, nextCursor } = await gateway.engine.store
      .listTriggers({ ...query, tenant }, (trigger) => viewOf(gateway, trigger))
      .catch(asProblem);
    const list: TriggerList = { object: 'list', data: items, next_cursor: nextCursor };
    response.json(list);
  };
}

/** `POST /v1/triggers`. */
export function createTrigger(gateway: Gateway): TenantHandler {
  const { store, now } = gateway.engine;
  return withoutQuery(async (request, response, tenant) => {
    const json = await readBody(request, response);
    const body = parseInput(TriggerRequest, json);
    const job = body.job ?? jobOf(body.agent);
    const user = userOf(job, gateway.settings.defaults.user);
    const id = newId('trigger', store.shardOf({ tenant, user }));
    checkTemplates(body);
    await checkTriggeredJob(gateway, job, { id, tenant });
    await checkRoom(gateway, tenant);
    const at = now();
    const trigger: TriggerState = {
      id,
      tenant,
      user,
      revision: 1,
      createdAt: at,
      updatedAt: at,
      ...fieldsOf(body),
      ...jobFields(job, json),
      template: body.template,
      enabled: body.enabled,
      verify: sealed(gateway, body.verify, id),
    };
    if (!(await store.writeTrigger(null, trigger))) throw new Error('a new id was known');
    response
      .status(201)
      .location(`/v1/triggers/${id}`)
      .json(await viewOf(gateway, trigger));
  });
}

/** `GET /v1/triggers/{id}`. */
export function readTrigger(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    response.json(await viewOf(gateway, await findTrigger(gateway, request, tenant)));
  });
}

/** `PATCH /v1/triggers/{id}`. Its user cannot change: where its jobs are kept follows from it. */
export function changeTrigger(gateway: Gateway): TenantHandler {
  const { store, now } = gateway.engine;
  return withoutQuery(async (request, response, tenant) => {
    const json = await readBody(request, response);
    const body = parseInput(TriggerChanges, json);
    checkTemplates(body);
    for (;;) {
      const before = await findTrigger(gateway, request, tenant);
      const job = body.job ?? (body.agent === undefined ? undefined : jobOf(body.agent));
      if (job !== undefined) await checkJob(gateway, before, job);
      const { description, conversationKey, filter, agent, ...rest } = before;
      const known = { description, conversation_key: conversationKey, filter };
      const trigger: TriggerState = {
        ...rest,
        revision: before.revision + 1,
        updatedAt: now(),
        ...fieldsOf({ ...known, ...definedOf(body) }),
        ...(job === undefined ? { ...(agent !== undefined && { agent }) } : jobFields(job, json)),
        template: body.template ?? before.template,
        enabled: body.enabled ?? before.enabled,
        verify: body.verify === undefined ? before.verify : sealed(gateway, body.verify, before.id),
      };
      if (!(await store.writeTrigger(before, trigger))) continue;
      response.json(await viewOf(gateway, trigger));
      return;
    }
  });
}

async function checkJob(
  gateway: Gateway,
  { id, tenant, user }: TriggerState,
  job: TriggeredJobRequest,
): Promise<void> {
  if (job.user !== undefined && job.user !== user) {
    throw invalidField('job.user', 'is not the user of this trigger, which cannot change');
  }
  await checkTriggeredJob(gateway, job, { id, tenant });
}

function jobOf(agent: string | undefined): TriggeredJobRequest {
  return TriggeredJobRequest.parse({ agent });
}

/** `DELETE /v1/triggers/{id}`: its address is gone at once; the jobs that it has posted stay. */
export function deleteTrigger(gateway: Gateway): TenantHandler {
  return withoutInput(async (request, response, tenant) => {
    for (;;) {
      const trigger = await findTrigger(gateway, request, tenant);
      if (await gateway.engine.store.writeTrigger(trigger, null)) break;
    }
    response.status(204).end();
  });
}

/** `GET /v1/triggers/{id}/events`, newest first. */
export function listTriggerEvents(gateway: Gateway): TenantHandler {
  return async (request, response, tenant) => {
    const query = parseInput(PageQuery, request.query);
    const { id } = await findTrigger(gateway, request, tenant);
    const { items, nextCursor } = await gateway.engine.store
      .listTriggerEvents(id, query)
      .catch(asProblem);
    const list: TriggerEventList = { object: 'list', data: items, next_cursor: nextCursor };
    response.json(list);
  };
}

function asProblem(error: unknown): never {
  throw error instanceof InvalidCursorError ? invalidCursor() : error;
}

/** @throws ProblemError `not_found` for what is no trigger, and for another tenant's. */
async function findTrigger(
  { engine: { store } }: Gateway,
  request: Request,
  tenant: string,
): Promise<TriggerState> {
  const id = TriggerId.safeParse(request.params['id']);
  if (!id.success || !store.knowsShardOf(id.data)) {
    throw notFound(`trigger ${String(request.params['id']).slice(0, 80)}`);
  }
  const trigger = await store.readTrigger(id.data);
  if (trigger?.tenant !== tenant) throw notFound(`trigger ${id.data}`);
  return trigger;
}

async function checkRoom({ engine: { store }, settings }: Gateway, tenant: string): Promise<void> {
  const { perTenant } = settings.triggers;
  if ((await store.countTriggers(tenant)) < perTenant) return;
  throw new ProblemError(
    'trigger_limit',
    `There are ${perTenant} triggers already: delete one that is not needed any more.`,
  );
}

function checkTemplates(body: Pick<TriggerChanges, 'template' | 'conversation_key'>): void {
  for (const name of ['template', 'conversation_key'] as const) {
    const parsed = parseTemplate(body[name] ?? '');
    if (typeof parsed === 'string') throw invalidField(name, parsed);
  }
}

function fieldsOf({
  description,
  conversation_key: conversationKey,
  filter,
}: Pick<TriggerChanges, 'description' | 'conversation_key' | 'filter'>) {
  return {
    ...(typeof description === 'string' && { description }),
    ...(typeof conversationKey === 'string' && { conversationKey }),
    ...(Array.isArray(filter) && { filter }),
  };
}

function definedOf<Given extends object>(given: Given): Partial<Given> {
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.fromEntries(defined) as Partial<Given>;
}

/** What the client sent, so that what it leaves out follows the defaults of each event's time. */
function jobFields({ agent }: TriggeredJobRequest, json: unknown) {
  const given = JsonObject.parse(json)['job'] ?? {};
  return {
    job: { ...JsonObject.parse(given), ...(agent !== undefined && { agent }) },
    ...(agent !== undefined && { agent }),
  };
}

/** @throws ProblemError `encryption_not_configured` */
function sealed(
  { webhookSecrets }: Gateway,
  { type, secret }: TriggerRequest['verify'],
  id: string,
): TriggerState['verify'] {
  try {
    return { type, sealed: webhookSecrets.sealSecret(secret, id) };
  } catch (error) {
    throw error instanceof EncryptionKeyMissingError
      ? new ProblemError('encryption_not_configured', error.message)
      : error;
  }
}

async function viewOf(
  { engine: { store }, publicUrl }: Gateway,
  trigger: TriggerState,
): Promise<Trigger> {
  const { id, user, job, verify, template, enabled } = trigger;
  const { count, lastAt } = await store.readRejections(id);
  return {
    id,
    object: 'trigger',
    url: `${publicUrl}/hooks/${id}`,
    description: trigger.description ?? null,
    agent: trigger.agent ?? null,
    user,
    job,
    verify: { type: verify.type },
    template,
    conversation_key: trigger.conversationKey ?? null,
    filter: trigger.filter ?? null,
    enabled,
    rejected_requests: { count, last_at: lastAt === undefined ? null : instant(lastAt) },
    created_at: instant(trigger.createdAt),
    updated_at: instant(trigger.updatedAt),
  };
}
