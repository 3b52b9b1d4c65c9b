import { z } from 'zod';
import { ConnectionName, User } from './job-request.ts';

/** The body of `POST /v1/accounts/verify`: the application vouches for the user who was signed in. */
export const VerifyAccountRequest = z.strictObject({
  /** The `code` with which the browser came to `CONNECT_VERIFY_URL`. */
  code: z.string().regex(/^\d{1,4}_[\w-]{20,100}$/, 'must be a code that a browser came back with'),
  /** Whoever is signed in to the application in that browser. */
  user: User,
});
export type VerifyAccountRequest = z.infer<typeof VerifyAccountRequest>;

/** The answer: the account is connected, and the jobs that waited for it go on. */
export const VerifiedAccount = z.object({
  object: z.literal('account'),
  user: User,
  connection: ConnectionName,
  status: z.literal('active'),
  /** Where Scalekit is configured to send the browser afterwards. */
  redirect_url: z.string().nullable(),
});
export type VerifiedAccount = z.infer<typeof VerifiedAccount>;
