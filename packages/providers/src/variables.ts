import { ToolEffect } from '@pawl/contracts';
import { z } from 'zod';
import { parseWebhookSecrets } from './webhooks/sign-webhook.ts';

const fromDashboard = 'Copy it from the Scalekit dashboard under API Keys.';

/** What an environment schema needs to reach Scalekit. */
export const scalekitVariables = {
  SCALEKIT_ENVIRONMENT_URL: z.url({ protocol: /^https?$/ }).describe(fromDashboard),
  SCALEKIT_CLIENT_ID: z.string().describe(fromDashboard),
  SCALEKIT_CLIENT_SECRET: z.string().describe(fromDashboard),
} as const;

/** `WEBHOOK_SECRET` in an environment schema: never shown in a problem. */
export const webhookSecrets = z
  .string()
  .transform((text, context) => {
    const secrets = parseWebhookSecrets(text);
    if (secrets !== undefined) return secrets;
    context.addIssue({ code: 'custom', message: 'it is not whsec_ and base64 of 24 to 64 bytes' });
    return z.NEVER;
  })
  .prefault('')
  .describe('Several secrets, the newest first, sign all: so it is changed without a gap.');

/** `TOOL_EFFECTS` in an environment schema: what tools do, where their names and metadata say it wrongly. */
export const toolEffects = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.record(z.string(), ToolEffect))
  .prefault('{}')
  .describe('JSON from tool name to "reads", "idempotent" or "writes".');
