import type { Job } from '@pawl/contracts';
import { blank, line, type Line } from './line.ts';
import { singleLine } from './plain-text.ts';
import { connectActionOf } from './snapshot.ts';

/** That an account which the job waited for is active now. */
export function accountActiveLines(previous: Job | undefined, next: Job): Line[] {
  const waitedFor = connectActionOf(previous)?.connection;
  if (waitedFor === undefined || connectActionOf(next)?.connection === waitedFor) return [];
  // A job that ended while it waited says nothing about the account.
  if (next.status === 'cancelled' || next.status === 'expired') return [];
  const account =
    next.connections.length > 1 ? `Connected account for ${waitedFor}` : 'Connected account';
  return [line(`${account} is now active.`, 'success')];
}

/** The link that a person has to open, once for every link. */
export function authorizationLines(previous: Job | undefined, next: Job): Line[] {
  const action = connectActionOf(next);
  if (action === undefined || action.url === connectActionOf(previous)?.url) return [];
  const reason = next.connections.length > 1 ? ` for ${action.connection}` : '';
  return [
    blank,
    line(`Authorization required${reason}.`, 'strong'),
    line('Open this link and complete the flow:'),
    blank,
    line(singleLine(action.url), 'link'),
    blank,
    line(`Waiting for callback on ${callbackOf(action.url)} ...`),
  ];
}

/** The gateway's callback stands beside its links: `/connect/{token}` and `/callback`, below the same prefix. */
function callbackOf(link: string): string {
  if (!URL.canParse(link)) return 'the gateway';
  const { origin, pathname } = new URL('../callback', link);
  return origin + pathname;
}
