import type { JobState } from '@pawl/contracts';
import { formatLinkToken } from '@pawl/engine';
import { expect, test } from 'vitest';
import { connectionOfLink, parseLinkToken } from './link-token.ts';

const claimable = { since: 1, epoch: 1, attempts: 0, crashes: 0 };
const blocked = (connection: string, link: string) =>
  ({ ...claimable, status: 'blocked', connection, link, blockedAt: 0, checkAt: 0 }) as const;

const job = (phase: JobState['phase']) => ({ phase }) as JobState;

test('a token gives back its job and its link', () => {
  const token = formatLinkToken('job_0_abc', 's.e.cret');
  expect(parseLinkToken(token)).toEqual({ job: 'job_0_abc', link: 's.e.cret' });
});

test.each(['', '.', 'job_0_abc', 'job_0_abc.', '.secret', 'conv_0_abc.secret', '../job_0_abc.x'])(
  '"%s" is no token',
  (token) => expect(parseLinkToken(token)).toBeUndefined(),
);

test('a link opens the connection of its own step only', () => {
  const call = { callId: 'c', name: 't', tool: 't', effect: 'reads', inDoubt: false } as const;
  const waiting = job({
    name: 'calls',
    calls: [
      { ...call, connection: 'gmail', step: blocked('gmail', 'one') },
      { ...call, connection: 'slack', step: blocked('slack', 'two') },
    ],
  });
  expect(connectionOfLink(waiting, 'two')).toBe('slack');
  expect(connectionOfLink(waiting, 'three')).toBeUndefined();
  expect(connectionOfLink(waiting, '')).toBeUndefined();
});

test('a job that waits no more has no link', () => {
  const step = blocked('gmail', 'one');
  expect(connectionOfLink(job({ name: 'turn', step }), 'one')).toBe('gmail');
  const ended = job({
    name: 'ended',
    at: 0,
    ending: { status: 'cancelled', by: 'api' },
    from: { name: 'turn', step },
  });
  expect(connectionOfLink(ended, 'one')).toBeUndefined();
  expect(connectionOfLink(job({ name: 'lined' }), 'one')).toBeUndefined();
});
