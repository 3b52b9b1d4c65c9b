import type { AccountAuthorizer, Engine, ToolClient } from '@pawl/engine';
import type { Logger } from '@pawl/runtime';
import type { PawlStore, WebhookSecretStore } from '@pawl/store';
import type { GatewaySettings } from './settings.ts';

/** What every route works with. */
export interface Gateway {
  readonly settings: GatewaySettings;
  readonly store: PawlStore;
  readonly engine: Engine;
  readonly webhookSecrets: WebhookSecretStore;
  readonly tools: ToolClient & AccountAuthorizer;
  /** What keeps Redis from being used, as sentences; empty when it is ready. Never throws. */
  readonly checkStorage: () => Promise<readonly string[]>;
  /** How browsers reach the gateway, without a slash at the end. */
  readonly publicUrl: string;
  readonly log: Logger;
  /** Aborted when the gateway stops: long polls end. */
  readonly closing: AbortSignal;
}
