import { type Account, type LookupFailure, resumeJobs } from '@pawl/engine';
import type { Gateway } from '../gateway.ts';
import { isWebAddress } from './link-token.ts';

export type Verified =
  | {
      readonly kind: 'connected';
      /** How many jobs that waited for it go on; undefined where the sweeper will let them. */
      readonly jobs: number | undefined;
      /** Where Scalekit wants the browser to be sent, an http or https address. */
      readonly redirectUrl?: string;
    }
  /** It was for another connection, or Scalekit is not done. */
  | { readonly kind: 'not_active' }
  /** Scalekit does not confirm that it belongs to this user, or it was used before. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'failed'; readonly failure: LookupFailure };

/**
 * Tells Scalekit that this account's user is the one who consented, and lets the jobs that wait for it go on. Whoever
 * calls this vouches for the user: the account comes from a record of ours, never from a URL.
 */
export async function verifyAuthorization(
  gateway: Gateway,
  account: Account,
  authRequestId: string,
): Promise<Verified> {
  const outcome = await gateway.tools.verify(account, authRequestId);
  switch (outcome.kind) {
    case 'verified': {
      gateway.tools.forget(account);
      // Scalekit binds an authorization to a user, not to a connection: it may have been for another one.
      if ((await isActive(gateway, account)) === false) return { kind: 'not_active' };
      const { redirectUrl } = outcome;
      const jobs = await resume(gateway, account);
      const leadsOn = redirectUrl !== undefined && isWebAddress(redirectUrl);
      return { kind: 'connected', jobs, ...(leadsOn && { redirectUrl }) };
    }
    case 'refused':
      // Repeated after an answer that got lost: it was verified before.
      return (await isActive(gateway, account)) === true
        ? { kind: 'connected', jobs: await resume(gateway, account) }
        : { kind: 'refused' };
    case 'transient':
    case 'fatal': {
      const { code, message } = outcome.failure;
      gateway.log.warn({ code, reason: message }, 'Scalekit did not verify an authorization');
      return { kind: 'failed', failure: outcome };
    }
  }
}

/** By Scalekit's own word; undefined where it can't be asked: then the account is what it was just said to be. */
async function isActive({ tools }: Gateway, account: Account): Promise<boolean | undefined> {
  const active = await tools.isAccountActive(account, { fresh: true });
  return active.kind === 'found' ? active.value : undefined;
}

async function resume({ engine, log }: Gateway, account: Account): Promise<number | undefined> {
  return resumeJobs(engine, account).catch((error: unknown) => {
    log.error({ err: error }, 'jobs of a verified account were not resumed: the sweeper will');
    return undefined;
  });
}
