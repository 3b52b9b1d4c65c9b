import { z } from 'zod';

/** How browsers reach the gateway: `PUBLIC_URL`, without a slash at the end. */
export const PublicUrl = z
  .url({ protocol: /^https?$/, error: 'it must be a URL that starts with http:// or https://' })
  .transform((url) => url.replace(/\/+$/, ''));
