import { createHash } from 'node:crypto';
import {
  formatId,
  shardOfId,
  type WebhookDelivery,
  WebhookEventType,
  type WebhookRequest,
  type WebhookTarget,
} from '@pawl/contracts';
import type { JobTransition } from '../domain/commit.ts';

/** Whom a job tells: its own webhook, or the tenant's default. `null` is nobody, not even the default. */
export function webhookTarget(
  wanted: WebhookRequest | null | undefined,
  defaultUrl: string | undefined,
): WebhookTarget | undefined {
  if (wanted === null) return undefined;
  const url = wanted?.url ?? defaultUrl;
  if (url === undefined) return undefined;
  return { url, events: [...new Set(wanted?.events ?? WebhookEventType.options)] };
}

/** What a webhook has to tell of a change: its events that the job's target wants to know. */
export function subscribedEvents({ after, events }: JobTransition): WebhookEventType[] {
  const wanted = after.webhook?.events ?? [];
  return events.flatMap(({ type }) => wanted.find((each) => each === type) ?? []);
}

export interface DeliverySource {
  /** What the event is about: a job's id, or a schedule's. */
  readonly id: string;
  /** The number of its commit: the same commit always makes the same ids. */
  readonly sequence: number;
  readonly tenant: string;
  readonly job?: string;
  /** The span that brings it about. */
  readonly trace?: string | undefined;
}

/** A delivery that is due at once. */
export function newDelivery(
  source: DeliverySource,
  type: WebhookEventType,
  url: string,
  at: number,
): WebhookDelivery {
  const shard = shardOfId(source.id);
  const part = `${source.id.replace(/^[a-z]+_\d+_/, '')}-${source.sequence}`;
  return {
    id: formatId('delivery', shard, part),
    tenant: source.tenant,
    event: formatId('event', shard, part),
    type,
    ...(source.job === undefined ? {} : { job: source.job }),
    ...(source.trace === undefined ? {} : { trace: source.trace }),
    url,
    endpoint: endpointOf(source.tenant, url),
    sequence: 1,
    createdAt: at,
    tries: 0,
    attempts: 0,
    log: [],
    phase: { status: 'ready', since: 1, notBefore: at },
  };
}

/**
 * The name of an endpoint: whose it is, and its URL without the query, so that a parameter per job makes no endpoint of
 * its own. A digest, since the path may be a secret.
 */
export function endpointOf(tenant: string, url: string): string {
  const { origin, pathname } = new URL(url);
  return createHash('sha256').update(`${tenant}\n${origin}${pathname}`).digest('hex').slice(0, 40);
}
