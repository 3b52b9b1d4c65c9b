import process from 'node:process';
import { createPawlClient } from '@pawl/client';

/** The gateway of `npm run serve`, or another one. */
export const client = createPawlClient({
  baseUrl: process.env.PAWL_URL || 'http://localhost:3000',
  apiKey: process.env.PAWL_API_KEY || undefined,
});
