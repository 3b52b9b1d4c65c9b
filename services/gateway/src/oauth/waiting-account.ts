import type { JobState } from '@pawl/contracts';
import type { Account } from '@pawl/engine';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { note } from '../http/request-log.ts';
import { connectionOfLink, parseLinkToken } from './link-token.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';

/** A job that waits for an account, as its link names it. */
export interface WaitingAccount {
  readonly job: JobState;
  readonly account: Account;
}

/** Whose account the link asks for; undefined where it asks for none any more, which the browser has been told then. */
export async function findWaitingAccount(
  { engine: { store } }: Gateway,
  text: string,
  response: Response,
): Promise<WaitingAccount | undefined> {
  const token = parseLinkToken(text);
  const job =
    token !== undefined && store.knowsShardOf(token.job)
      ? await store.readJob(token.job)
      : undefined;
  if (token === undefined || job === undefined) {
    sendPage(response, pages.unknownLink);
    return undefined;
  }
  const connection = connectionOfLink(job, token.link);
  if (connection === undefined) {
    sendPage(response, pages.nothingToDo);
    return undefined;
  }
  note(response, { job: job.id, tenant: job.tenant });
  return { job, account: { tenant: job.tenant, user: job.user, connection } };
}
