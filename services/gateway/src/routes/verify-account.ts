import { type VerifiedAccount, VerifyAccountRequest } from '@pawl/contracts';
import type { Gateway } from '../gateway.ts';
import type { TenantHandler } from '../http/authenticate.ts';
import { withoutQuery } from '../http/mount.ts';
import { parseInput } from '../http/parse-input.ts';
import { ProblemError } from '../http/problem.ts';
import { readBody } from '../http/read-body.ts';
import {
  returnVerificationCode,
  takeVerificationCode,
  type Unconfirmed,
} from '../oauth/verification-code.ts';
import { type Verified, verifyAuthorization } from '../oauth/verify-authorization.ts';

/**
 * `POST /v1/accounts/verify`: the application says which user was signed in when the browser came back with the code.
 * Only if it is the user whose account was asked for, the authorization is verified with Scalekit. A code is used up by
 * the first answer, a mismatch included; only where Scalekit did not answer it stays good.
 */
export function verifyAccount(gateway: Gateway): TenantHandler {
  return withoutQuery(async (request, response, tenant) => {
    const { code, user } = parseInput(VerifyAccountRequest, await readBody(request, response));
    const record = await takeVerificationCode(gateway, code, tenant);
    if (record === undefined) {
      throw new ProblemError(
        'verification_unknown',
        'This code is not known: it was used, has expired, or is not of this tenant. Let the user open the link of the job again.',
      );
    }
    const { connection } = record;
    if (user !== record.user) {
      gateway.log.warn({ tenant, connection }, 'a user confirmed the authorization of another');
      throw new ProblemError(
        'verification_mismatch',
        'The link was made for another user than this one. Nothing was connected, and the code is used up.',
      );
    }
    const verified = await verifyAuthorization(
      gateway,
      { tenant, user, connection },
      record.authRequestId,
    );
    const { redirectUrl = null } = await connectedOf(gateway, { verified, code, record });
    const account: VerifiedAccount = {
      object: 'account',
      user,
      connection,
      status: 'active',
      redirect_url: record.returnUrl ?? redirectUrl,
    };
    response.json(account);
  });
}

/** @throws ProblemError where the account did not become active. */
async function connectedOf(
  gateway: Gateway,
  { verified, code, record }: { verified: Verified; code: string; record: Unconfirmed },
): Promise<Extract<Verified, { kind: 'connected' }>> {
  switch (verified.kind) {
    case 'connected':
      return verified;
    case 'not_active':
      throw new ProblemError(
        'account_not_verified',
        `An authorization was finished, but ${record.connection} is not active: it was for another account, or Scalekit is not done.`,
      );
    case 'refused':
      throw new ProblemError(
        'account_not_verified',
        'Scalekit did not confirm that this authorization belongs to the user.',
      );
    case 'failed':
      await returnVerificationCode(gateway, code, record);
      throw verified.failure.kind === 'fatal'
        ? new ProblemError(
            'scalekit_failed',
            'Scalekit refuses this server’s request: the operator has to look at its settings.',
          )
        : new ProblemError(
            'scalekit_unavailable',
            'Scalekit does not answer now. Nothing is lost: repeat the request with the same code.',
            { headers: { 'Retry-After': '5' } },
          );
  }
}
