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
}

export interface SlotRequest {
  readonly before: WebhookDelivery;
  /** Written when the endpoint has a slot left, or the delivery holds one. */
  readonly running: WebhookDelivery;
  /** Written otherwise. */
  readonly parked: WebhookDelivery;
  readonly now: number;
  /** A slot whose holder never came back is free again from then on. */
  readonly leaseUntil: number;
  /** Deliveries of one endpoint at a time. */
  readonly limit: number;
}

export interface SlotPassing {
  readonly shard: number;
  readonly endpoint: string;
  /** The deliveries that need their slot no more. */
  readonly given: readonly string[];
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}

/** What the engine needs of Redis to deliver. */
export interface DeliveryStore {
  readonly readDelivery: (id: string) => Promise<WebhookDelivery | undefined>;
  readDeliveryBody(id: string): Promise<string>;
  /**
   * One script: whether the endpoint has a slot, and the state that follows. `disabled`: the endpoint wants nothing any
   * more; `lost`: somebody else has written meanwhile. Neither wrote anything.
   */
  takeSlot(request: SlotRequest): Promise<'running' | 'parked' | 'disabled' | 'lost'>;
  /** False: the fence did not hold, and nothing was written. */
  commitDelivery(write: DeliveryWrite): Promise<boolean>;
  /** Gives free slots to the deliveries that were parked first; answers whom to wake. */
  passSlots(passing: SlotPassing): Promise<string[]>;
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
