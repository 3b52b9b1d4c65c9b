import type { WebhookDelivery } from '@pawl/contracts';
import type { DeliveryWrite, WebhookOutcome, WebhookRequestToSend } from './domain/webhook.ts';

/** What the engine needs of Redis to deliver. */
export interface DeliveryStore {
  readonly readDelivery: (id: string) => Promise<WebhookDelivery | undefined>;
  readDeliveryBody(id: string): Promise<string>;
  /** True: the delivery's endpoint has answered that it wants nothing any more. */
  isEndpointDisabled(delivery: WebhookDelivery): Promise<boolean>;
  /** False: the fence did not hold, and nothing was written. */
  commitDelivery(write: DeliveryWrite): Promise<boolean>;
}

/** Sends one signed POST. Never throws. */
export interface WebhookClient {
  send(request: WebhookRequestToSend, signal: AbortSignal): Promise<WebhookOutcome>;
}

/** The secrets that sign a tenant's webhooks now, the newest first. */
export interface WebhookSecrets {
  secretsOf(tenant: string, now: number): Promise<readonly string[]>;
}
