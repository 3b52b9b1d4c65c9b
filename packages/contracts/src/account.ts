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

export const AccountStatus = z.enum([
  'active',
  'expired',
  'pending',
  'pending_verification',
  'disconnected',
]);
export type AccountStatus = z.infer<typeof AccountStatus>;

/** A user's authorization for a connection, as Scalekit knows it: no tokens. */
export const AccountResource = z.object({
  object: z.literal('account'),
  user: z.string(),
  connection: z.string(),
  status: AccountStatus,
  updated_at: z.iso.datetime().nullable(),
});
export type AccountResource = z.infer<typeof AccountResource>;

export const AccountList = z.object({
  object: z.literal('list'),
  data: z.array(AccountResource),
  next_cursor: z.null(),
});
export type AccountList = z.infer<typeof AccountList>;

/** The body of `POST /v1/accounts/links`. */
export const AccountLinkRequest = z.strictObject({
  user: User,
  connection: ConnectionName,
  /** Where the browser is sent once the account is connected: its origin is one of `ACCOUNT_RETURN_ORIGINS`. */
  return_url: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
});
export type AccountLinkRequest = z.infer<typeof AccountLinkRequest>;

export const AccountLink = z.object({
  object: z.literal('account_link'),
  user: z.string(),
  connection: z.string(),
  url: z.string(),
  expires_at: z.iso.datetime(),
});
export type AccountLink = z.infer<typeof AccountLink>;
