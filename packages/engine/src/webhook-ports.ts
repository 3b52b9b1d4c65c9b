import type { WebhookDelivery } from '@pawl/contracts';

/** A delivery as a commit first writes it. The body is what the receiver gets, letter for letter, however often. */
export interface NewDelivery {
  readonly delivery: WebhookDelivery;
  readonly body: string;
}

/** `before` fences it by its sequence. */
export interface DeliveryWrite {
  readonly before: WebhookDelivery;
  readonly after: WebhookDelivery;
  /** What the same commit learns of the endpoint: it wants nothing any more, or somebody wants it tried again. */
  readonly endpoint?: 'disabled' | 'enabled';
  /** Of a claim: when its claimant must have reported, or died. The sweeper wakes the delivery then. */
  readonly leaseUntil?: number;
}

/** What the engine needs of Redis to deliver. */
export interface DeliveryStore {
  readonly readDelivery: (id: string) => Promise<WebhookDelivery | undefined>;
  readDeliveryBody(id: string): Promise<string>;
  /** True: the delivery's endpoint has answered that it wants nothing any more. */
  isEndpointDisabled(delivery: WebhookDelivery): Promise<boolean>;
  /** False: the fence did not hold, and nothing was written. */
  commitDelivery(write: DeliveryWrite): Promise<boolean>;
}

export interface WebhookRequestToSend {
  readonly url: string;
  /** The `webhook-id`. */
  readonly event: string;
  readonly body: string;
  /** The newest first; every one of them signs. */
  readonly secrets: readonly string[];
}

export type WebhookOutcome =
  | { readonly kind: 'answered'; readonly status: number; readonly retryAfter?: number }
  /** No whole answer came: refused address, no connection, time-out. */
  | {
      readonly kind: 'failed';
      readonly error: { readonly code: string; readonly message: string };
      readonly status?: number;
    }
  | { readonly kind: 'aborted' };

/** Sends one signed POST. Never throws. */
export interface WebhookClient {
  send(request: WebhookRequestToSend, signal: AbortSignal): Promise<WebhookOutcome>;
}

/** The secrets that sign a tenant's webhooks now, the newest first. */
export interface WebhookSecrets {
  secretsOf(tenant: string, now: number): Promise<readonly string[]>;
}
