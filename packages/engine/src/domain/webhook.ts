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
