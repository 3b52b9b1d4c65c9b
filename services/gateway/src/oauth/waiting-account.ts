import { shardOfId } from '@pawl/contracts';
import type { Account } from '@pawl/engine';
import type { Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { note } from '../http/request-log.ts';
import { connectionOfLink, isAccountLink, parseLinkToken } from './link-token.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';

/** The account that a link asks for: of a job that waits for it, or of a page of the application. */
export interface WaitingAccount {
  readonly shard: number;
  readonly account: Account;
  /** Where the application wants the browser in the end. */
  readonly returnUrl?: string | undefined;
}

/** Whose account the link asks for; undefined where it asks for none any more, which the browser has been told then. */
export async function findWaitingAccount(
  { engine: { store } }: Gateway,
  text: string,
  response: Response,
): Promise<WaitingAccount | undefined> {
  if (isAccountLink(text) && store.knowsShardOf(text)) {
    const link = await store.readAccountLink(text);
    if (link === undefined) {
      sendPage(response, pages.unknownLink);
      return undefined;
    }
    const { returnUrl, ...account } = link;
    note(response, { tenant: account.tenant });
    return { shard: shardOfId(text), account, returnUrl };
  }
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
  return { shard: shardOfId(job.id), account: { tenant: job.tenant, user: job.user, connection } };
}
