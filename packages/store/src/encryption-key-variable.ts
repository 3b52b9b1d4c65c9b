import { z } from 'zod';
import { parseEncryptionKey } from './sealed-text.ts';

/** `PAWL_ENCRYPTION_KEY` in an environment schema: never shown in a problem. */
export const encryptionKey = z
  .string()
  .transform((text, context) => {
    const key = parseEncryptionKey(text);
    if (key !== undefined) return key;
    context.addIssue({ code: 'custom', message: 'it is not 32 bytes in base64 or hexadecimal' });
    return z.NEVER;
  })
  .describe('Make one with: openssl rand -base64 32');
