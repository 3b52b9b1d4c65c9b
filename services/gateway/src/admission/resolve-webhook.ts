import { defaultTenant, type JobRequest, type WebhookTarget } from '@pawl/contracts';
import { webhookTarget } from '@pawl/engine';
import { EncryptionKeyMissingError } from '@pawl/store';
import type { Gateway } from '../gateway.ts';
import { invalidField, ProblemError } from '../http/problem.ts';

/**
 * Whom a job tells: its own webhook, or the tenant's default.
 *
 * @throws ProblemError `invalid_request` for a URL that no webhook would be delivered to, `webhook_secret_missing` where
 *   nothing could be signed.
 */
export async function resolveWebhook(
  gateway: Pick<Gateway, 'settings' | 'webhookSecrets' | 'engine'>,
  wanted: JobRequest['webhook'],
  tenant: string,
): Promise<WebhookTarget | undefined> {
  const defaultUrl = tenant === defaultTenant ? gateway.settings.defaults.webhookUrl : undefined;
  const refusal = wanted ? gateway.settings.checkWebhookUrl(wanted.url) : undefined;
  if (refusal !== undefined) throw invalidField('webhook.url', refusal);
  const target = webhookTarget(wanted, defaultUrl);
  if (target === undefined) return undefined;
  if (await canSign(gateway, tenant)) return target;
  const choice = tenant === defaultTenant ? ', or set WEBHOOK_SECRET' : '';
  throw new ProblemError(
    'webhook_secret_missing',
    `There is no secret to sign webhooks with. Make one with POST /v1/webhook-secrets/rotate${choice}.`,
  );
}

async function canSign(
  { webhookSecrets, engine }: Pick<Gateway, 'webhookSecrets' | 'engine'>,
  tenant: string,
): Promise<boolean> {
  try {
    return (await webhookSecrets.secretsOf(tenant, engine.now())).length > 0;
  } catch (error) {
    throw error instanceof EncryptionKeyMissingError
      ? new ProblemError('encryption_not_configured', error.message)
      : error;
  }
}
