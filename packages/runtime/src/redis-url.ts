import { z } from 'zod';
import { parseRedisUrl } from './redis-address.ts';

/** `REDIS_URL` in an environment schema: checked, and never shown in a problem. */
export const redisUrl = z.string().superRefine((text, context) => {
  try {
    parseRedisUrl(text);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
});
