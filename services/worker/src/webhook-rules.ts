import { defaultWebhookRules, type WebhookRules } from '@pawl/engine';

/** A worker that has sent its webhook, or given up on it, still has to write that down. */
const margin = 10_000;

/**
 * The rules of webhooks by what is configured, in milliseconds.
 *
 * An origin's deliveries are counted in each shard, since a script cannot reach over shards: the limit is divided.
 */
export function webhookRules({
  timeout,
  waits,
  shards,
}: {
  readonly timeout: number;
  readonly waits?: readonly number[] | undefined;
  readonly shards: number;
}): WebhookRules {
  const { originLimit, schedule } = defaultWebhookRules;
  return {
    ...defaultWebhookRules,
    schedule: waits === undefined ? schedule : [0, ...waits],
    lease: timeout + margin,
    originLimit: Math.max(1, Math.floor(originLimit / shards)),
  };
}
