import { type Account, resumeJobs } from '@pawl/engine';
import { accountOwnerOf, verifyStandardWebhook } from '@pawl/providers';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import { lookupProblem } from '../http/refusals.ts';
import { notFound, ProblemError } from '../http/problem.ts';
import { readRawBody } from '../http/read-raw-body.ts';
import { note } from '../http/request-log.ts';

/**
 * `POST /webhooks/scalekit`: Scalekit tells what has become of an account. An event is a hint: what counts is what
 * Scalekit answers when it is asked for the account, so one that lies or comes late changes nothing.
 */
export function takeScalekitEvent(gateway: Gateway): RequestHandler {
  const { settings, engine } = gateway;
  return async (request, response) => {
    if (settings.scalekitWebhookSecrets.length === 0) {
      throw notFound('receiver: SCALEKIT_WEBHOOK_SECRET is not set');
    }
    const body = await readRawBody(request, response);
    const id = verifyStandardWebhook(
      { headers: request.headers, body },
      settings.scalekitWebhookSecrets,
    );
    if (id === undefined) {
      throw new ProblemError(
        'signature_invalid',
        'The event is not signed with SCALEKIT_WEBHOOK_SECRET, or not now.',
      );
    }
    if (!(await engine.store.isScalekitEventKnown(id))) {
      const event = readEvent(body);
      if (event !== undefined) {
        note(response, { tenant: event.owner.tenant });
        await workOff(gateway, event);
      }
      // Only now: a look-up that failed is made again when Scalekit repeats the event.
      await engine.store.rememberScalekitEvent(id);
    }
    response.status(204).end();
  };
}

interface AccountEvent {
  readonly owner: Omit<Account, 'connection'>;
  /** Absent where the event names none that is known here. */
  readonly connection: string | undefined;
}

const Text = z.string().min(1).max(500).optional().catch(undefined);
const Fields = z.object({
  identifier: Text,
  connection_name: Text,
  connector: Text,
  connection: Text,
});

const ScalekitEvent = z.object({
  type: z.string().startsWith('connected_account.'),
  data: Fields.extend({ connected_account: Fields.optional().catch(undefined) }),
});

/** Undefined: it is about nothing that jobs wait for. */
function readEvent(body: string): AccountEvent | undefined {
  let content: unknown;
  try {
    content = JSON.parse(body);
  } catch {
    return undefined;
  }
  const parsed = ScalekitEvent.safeParse(content);
  if (!parsed.success) return undefined;
  const { data } = parsed.data;
  const identifier = data.identifier ?? data.connected_account?.identifier;
  if (identifier === undefined) return undefined;
  const connection = [data, data.connected_account]
    .flatMap((each) => [each?.connection_name, each?.connector, each?.connection])
    .find((name) => name !== undefined);
  return { owner: accountOwnerOf(identifier), connection };
}

/** Lets the jobs go on that wait for an account which is active now. */
async function workOff(gateway: Gateway, { owner, connection }: AccountEvent): Promise<void> {
  const { tools, engine, log } = gateway;
  const known = await tools.connections();
  if (known.kind !== 'found') throw lookupProblem(known);
  const named = known.value.filter((name) => name === connection);
  for (const name of named.length === 0 ? known.value : named) {
    const account = { ...owner, connection: name };
    tools.forget(account);
    if ((await engine.store.jobsWaitingFor(account)).length === 0) continue;
    const active = await tools.isAccountActive(account, { fresh: true });
    if (active.kind !== 'found') throw lookupProblem(active);
    if (!active.value) continue;
    const jobs = await resumeJobs(engine, account);
    log.info({ tenant: owner.tenant, connection: name, jobs }, 'an event of Scalekit resumed jobs');
  }
}
