import { list, type Listing } from '../pages.ts';
import type { Gateway } from '../request/gateway.ts';
import { pathOf } from '../request/operations.ts';
import type { CallOptions, OptionsOf, Send } from '../request/send.ts';
import { type EventStream, followEvents } from '../stream/follow.ts';
import type {
  ApiKey,
  ApiKeyRequest,
  Connection,
  CreatedApiKey,
  Health,
  Limits,
  RotatedWebhookSecret,
  RotateWebhookSecretRequest,
  TenantLimits,
  TenantStreamEvent,
  Tool,
  Usage,
  WebhookDelivery,
  WebhookDeliveryDetail,
} from '../types.ts';
import { verifyWebhook } from '../webhooks/verify.ts';

/** What a job's `connections` may name. */
export interface Connections {
  list(options?: CallOptions): Listing<Connection>;
}

/** The tools that a job of a user would have. */
export interface Tools {
  list(options?: OptionsOf<'listTools'>): Listing<Tool>;
}

export interface LimitsResource {
  get(options?: OptionsOf<'readLimits'>): Promise<Limits>;
  /** Replaces what the tenant has set of its own; it can only be stricter than what the operator allows. */
  replace(limits: TenantLimits, options?: CallOptions): Promise<Limits>;
}

export interface UsageResource {
  /** By day, user and model. */
  list(options?: OptionsOf<'listUsage'>): Listing<Usage>;
}

export interface WebhookDeliveries {
  get(id: string, options?: CallOptions): Promise<WebhookDeliveryDetail>;
  list(options?: OptionsOf<'listWebhookDeliveries'>): Listing<WebhookDelivery>;
  /** Sends it again. */
  replay(id: string, options?: CallOptions): Promise<WebhookDelivery>;
}

export interface StreamEventsOptions extends Omit<OptionsOf<'streamTenantEvents'>, 'after'> {
  /** The `lastEventId` of a stream with the same filter. `0`: from the oldest event on. Absent: from now on. */
  readonly after?: number | string | undefined;
}

export interface Events {
  /** What happens to all jobs of the tenant, over lost connections, until nobody reads it any more. */
  stream(options?: StreamEventsOptions): EventStream<TenantStreamEvent>;
}

export interface Webhooks {
  /** The event of a webhook, if it was signed with the secret. */
  readonly verify: typeof verifyWebhook;
  /** Makes a new secret. Until the overlap is over, deliveries carry the signatures of both. */
  rotateSecret(
    request?: RotateWebhookSecretRequest,
    options?: CallOptions,
  ): Promise<RotatedWebhookSecret>;
}

export interface Keys {
  /** The key itself is in this answer, and nowhere else. */
  create(request: ApiKeyRequest, options?: CallOptions): Promise<CreatedApiKey>;
  list(options?: OptionsOf<'listKeys'>): Listing<ApiKey>;
  /** Makes a key useless, at once and for good. */
  delete(id: string, options?: CallOptions): Promise<void>;
}

export interface HealthResource {
  /** How the whole installation stands: for the operator. */
  get(options?: CallOptions): Promise<Health>;
}

export function createConnections(send: Send): Connections {
  return { list: (options) => list(send, 'listConnections', options) };
}

export function createTools(send: Send): Tools {
  return {
    list: (options) => list(send, 'listTools', options),
  };
}

export function createLimits(send: Send): LimitsResource {
  return {
    get: ({ signal, ...query } = {}) => send('readLimits', { query, signal }),
    replace: (body, options) => send('replaceLimits', { body, ...options }),
  };
}

export function createUsage(send: Send): UsageResource {
  return {
    list: (options) => list(send, 'listUsage', options),
  };
}

export function createWebhookDeliveries(send: Send): WebhookDeliveries {
  return {
    get: (id, options) => send('readWebhookDelivery', { path: { id }, ...options }),
    list: (options) => list(send, 'listWebhookDeliveries', options),
    replay: (id, options) => send('replayWebhookDelivery', { path: { id }, ...options }),
  };
}

export function createWebhooks(send: Send): Webhooks {
  return {
    verify: verifyWebhook,
    rotateSecret: (body, options) => send('rotateWebhookSecret', { body, ...options }),
  };
}

export function createEvents(gateway: Gateway): Events {
  return {
    stream: ({ signal, after, ...query } = {}) =>
      followEvents(gateway, { path: pathOf('streamTenantEvents', {}), query, after, signal }),
  };
}

export function createKeys(send: Send): Keys {
  return {
    create: (body, options) => send('createKey', { body, ...options }),
    list: (options) => list(send, 'listKeys', options),
    delete: (id, options) => send('revokeKey', { path: { id }, ...options }),
  };
}

export function createHealth(send: Send): HealthResource {
  return { get: (options) => send('readHealth', { ...options }) };
}
