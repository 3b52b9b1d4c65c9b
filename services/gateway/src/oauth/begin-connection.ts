import type { JobState } from '@pawl/contracts';
import { resumeJobs, type Account, type LookupFailure } from '@pawl/engine';
import type { RequestHandler, Response } from 'express';
import type { Gateway } from '../gateway.ts';
import { note } from '../http/request-facts.ts';
import { createConsentLinks } from './consent-link.ts';
import { connectionOfLink, parseLinkToken } from './link-token.ts';
import { sendPage } from './page.ts';
import { pages } from './pages.ts';

/**
 * `GET /connect/{token}`: sends the browser to Scalekit's consent page. The link may be opened any number of times, by
 * mail scanners too: what is used once is the `state` that each browser gets. HEAD only looks whether it is a link.
 */
export function beginConnection(gateway: Gateway): RequestHandler {
  const consentLink = createConsentLinks(gateway);
  return async (request, response) => {
    const found = await findWaiting(gateway, String(request.params['token']), response);
    if (found === undefined) return;
    if (request.method === 'HEAD') {
      response.end();
      return;
    }
    const { account } = found;
    const active = await gateway.tools.isAccountActive(account, { fresh: true });
    if (active.kind !== 'found') return sendFailure(gateway, response, active);
    if (active.value) {
      gateway.tools.forget(account);
      const jobs = await resumeJobs(gateway.engine, account);
      return sendPage(response, pages.connected(account.connection, jobs));
    }
    const link = await consentLink({ ...found, request, response });
    switch (link.kind) {
      case 'found':
        response.redirect(303, link.url);
        return;
      case 'misconfigured':
        return sendPage(response, pages.misconfigured);
      case 'full':
        return sendPage(response, pages.openedTooOften(link.seconds));
      case 'failed':
        return sendFailure(gateway, response, link.failure);
    }
  };
}

interface Waiting {
  readonly job: JobState;
  readonly account: Account;
}

async function findWaiting(
  { store }: Gateway,
  text: string,
  response: Response,
): Promise<Waiting | undefined> {
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

function sendFailure({ log }: Gateway, response: Response, lookup: LookupFailure): void {
  const { code, message } = lookup.failure;
  log.warn({ code, reason: message }, 'Scalekit did not answer a question about an account');
  sendPage(response, lookup.kind === 'fatal' ? pages.misconfigured : pages.tryAgain);
}
