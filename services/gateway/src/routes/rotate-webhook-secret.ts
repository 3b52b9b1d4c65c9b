import type { RotatedWebhookSecret } from '@pawl/contracts';
import { instant } from '@pawl/engine';
import { EncryptionKeyMissingError, type RotatedSecret } from '@pawl/store';
import { z } from 'zod';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem.ts';
import { readOptionalBody } from '../http/read-body.ts';

export const RotateWebhookSecretRequest = z.strictObject({
  /** How long the earlier secrets sign too: a day by default, a week at most, 0 to end them now. */
  overlap_seconds: z.int().min(0).max(604_800).default(86_400),
});

/** `POST /v1/webhook-secrets/rotate`: the new secret is shown this once. */
export function rotateWebhookSecret(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const given = parseInput(
      RotateWebhookSecretRequest,
      (await readOptionalBody(request, response)) ?? {},
    );
    const overlap = given.overlap_seconds * 1_000;
    const { secret, createdAt, previousValidUntil } = await rotate(gateway, tenant, overlap);
    const rotated: RotatedWebhookSecret = {
      object: 'webhook_secret',
      secret,
      created_at: instant(createdAt),
      previous_valid_until: previousValidUntil === undefined ? null : instant(previousValidUntil),
    };
    response.status(201).json(rotated);
  });
}

async function rotate(gateway: Gateway, tenant: string, overlap: number): Promise<RotatedSecret> {
  try {
    return await gateway.webhookSecrets.rotate(tenant, { now: gateway.engine.now(), overlap });
  } catch (error) {
    throw error instanceof EncryptionKeyMissingError
      ? new ProblemError('encryption_not_configured', error.message)
      : error;
  }
}
