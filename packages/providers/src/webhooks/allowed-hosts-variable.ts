import { z } from 'zod';
import { isAllowableHost } from './address-guard.ts';

/** `WEBHOOK_ALLOWED_HOSTS`, the same for gateway and workers: what is refused when it is given, and when it is delivered. */
export const webhookAllowedHosts = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((entry) => entry !== ''))
  .refine((entries) => entries.every(isAllowableHost), 'it names what is no host')
  .prefault('')
  .describe('Internal names, addresses or CIDRs that webhooks may reach, separated by commas.');
