import type { Request } from 'express';
import { isOwnPage } from '../console/session-cookie.ts';
import type { Gateway } from '../gateway.ts';
import {
  type Caller,
  callerOf,
  callerWith,
  unauthorized,
  verifiedKey,
} from '../http/authenticate.ts';
import { ProblemError } from '../http/problem.ts';

/**
 * Who opens the board: as the API has it, and by HTTP Basic with the key as the password, since a browser can ask for
 * that. What a browser sends along by itself counts only where no other site has sent the request.
 *
 * @throws ProblemError `unauthorized`, by which a browser asks its person for the key
 */
export async function boardCaller(gateway: Gateway, request: Request): Promise<Caller> {
  const { authorization, 'sec-fetch-site': site } = request.headers;
  try {
    if (/^Bearer /i.test(authorization ?? '')) return await callerOf(gateway, request);
    // The address was typed, or taken from a bookmark.
    const isOpened = site === 'none' && (request.method === 'GET' || request.method === 'HEAD');
    if (authorization === undefined) return await callerOf(gateway, request, { isOpened });
    if (!isOpened && !isOwnPage(request, gateway.publicUrl)) {
      throw unauthorized('The board is for its own pages alone. Open its address yourself.');
    }
    return callerWith(await verifiedKey(gateway, passwordIn(authorization)));
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'unauthorized') throw error;
    throw new ProblemError('unauthorized', error.message, { headers: challenge });
  }
}

const challenge = { 'WWW-Authenticate': 'Basic realm="Pawl: an API key as the password"' };

/** Of `Basic <base64 of name:password>`; the name may be anything. */
function passwordIn(authorization: string): string | undefined {
  const encoded = /^Basic +([A-Za-z0-9+/=]+) *$/i.exec(authorization)?.[1];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon === -1 ? undefined : text.slice(colon + 1);
}
