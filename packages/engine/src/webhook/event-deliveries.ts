import type { CallRecord, WebhookEvent, WebhookTarget } from '@pawl/contracts';
import type { Engine } from '../commit/engine.ts';
import type { JobTransition } from '../domain/commit.ts';
import { instant } from '../domain/instant.ts';
import type { NewDelivery } from '../domain/webhook.ts';
import { traceOfJob } from '../job/trace.ts';
import { jobView } from '../job/view.ts';
import { asksPerson } from '../job/status.ts';
import { newDelivery, subscribedEvents } from './events.ts';

/**
 * The webhooks that a commit of jobs brings, their bodies showing each job as that commit makes it. Reads nothing for
 * jobs that tell nobody.
 */
export async function jobDeliveries(
  engine: Engine,
  writes: readonly JobTransition[],
  at: number,
): Promise<NewDelivery[]> {
  const told = writes.filter((write) => subscribedEvents(write).length > 0);
  return (await Promise.all(told.map((write) => deliveriesOf(engine, write, at)))).flat();
}

async function deliveriesOf(
  engine: Engine,
  write: JobTransition,
  at: number,
): Promise<NewDelivery[]> {
  const { after } = write;
  const parts = await engine.store.readJobParts(after.id);
  // Erased meanwhile: this commit's fence will not hold.
  if (parts === undefined || after.webhook === undefined) return [];
  const { url } = after.webhook;
  const data = jobView(
    {
      job: after,
      request: parts.request,
      result: write.result ?? parts.result,
      calls: await callsOf(engine, write),
    },
    engine.links,
  );
  const { id, sequence, tenant } = after;
  const source = { id, sequence, tenant, job: id, trace: traceOfJob(after) };
  return subscribedEvents(write).map((type) => withBody(newDelivery(source, type, url, at), data));
}

/** What a person is asked about is shown with its arguments, which stand in the job's steps. */
async function callsOf(
  engine: Engine,
  { before, after, steps }: JobTransition,
): Promise<CallRecord[]> {
  if (after.phase.name !== 'calls') return [];
  const asked = after.phase.calls.flatMap(({ step }, index) =>
    asksPerson(step) ? [{ turn: after.turn, index }] : [],
  );
  const stored = before === null ? [] : await engine.store.readCalls(after.id, asked);
  return [...stored, ...steps.filter((step) => step.kind === 'call')];
}

export interface TenantEvent {
  /** What it is about, such as a schedule's id, and the number of the commit: together they make the event's id. */
  readonly id: string;
  readonly sequence: number;
  readonly tenant: string;
  /** The span that brings it about. */
  readonly trace?: string | undefined;
  readonly target: WebhookTarget;
  readonly type: WebhookEvent['type'];
  /** The thing as the API shows it. */
  readonly data: WebhookEvent['data'];
  readonly at: number;
}

/**
 * The webhook of something that is not a job, to be put into the `deliveries` of the commit that makes it so; empty
 * where the target does not want to know. `commitAndWake` wakes it.
 */
export function tenantDeliveries(event: TenantEvent): NewDelivery[] {
  if (!event.target.events.includes(event.type)) return [];
  return [withBody(newDelivery(event, event.type, event.target.url, event.at), event.data)];
}

function withBody(delivery: NewDelivery['delivery'], data: WebhookEvent['data']): NewDelivery {
  const event: WebhookEvent = {
    id: delivery.event,
    object: 'event',
    type: delivery.type,
    created_at: instant(delivery.createdAt),
    data,
  };
  return { delivery, body: JSON.stringify(event) };
}
