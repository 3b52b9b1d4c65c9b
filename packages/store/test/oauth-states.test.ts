import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { startStore } from './harness.ts';

const redis = testRedis();
const { store } = await startStore(redis, { shards: 3 });

const recordOf = (user: string, parts: { connection?: string; expiresAt?: number } = {}) => ({
  tenant: 'default',
  user,
  connection: 'gmail',
  cookieDigest: 'digest',
  expiresAt: Date.now() + 60_000,
  ...parts,
});

const isTaken = async (state: string) =>
  (await store.takeOAuthState(state, 'digest')) !== undefined;

/** Saves states one after the other; answers their names, the oldest first. */
async function saveMany(count: number, user: string): Promise<string[]> {
  const states = Array.from({ length: count }, (_, index) => `1_${user}_${index}`);
  for (const state of states) await store.saveOAuthState(state, recordOf(user));
  return states;
}

const stateKeys = async () =>
  (await redis.keys()).filter((key) => key.includes(':oauth-state')).toSorted();

test('one account has twenty states at a time, and nothing else (invariant 9)', async () => {
  const before = (await stateKeys()).length;
  const states = await saveMany(20, 'often');
  const full = await store.saveOAuthState('1_more', recordOf('often'));
  expect(full.kind).toBe('full');
  expect((await stateKeys()).length - before).toBe(21);
  expect(await isTaken('1_more')).toBe(false);
  expect(await isTaken(states[0] ?? '')).toBe(true);
  expect(await isTaken(states[19] ?? '')).toBe(true);
});

test('whoever finds no place is told when the next one is free', async () => {
  const soon = Date.now() + 40_000;
  await saveMany(19, 'patient');
  await store.saveOAuthState('1_soon', recordOf('patient', { expiresAt: soon }));
  expect(await store.saveOAuthState('1_late', recordOf('patient'))).toEqual({
    kind: 'full',
    until: soon,
  });
});

test('a state for which there is no link gives its place back', async () => {
  const before = await stateKeys();
  const record = recordOf('unlucky');
  await store.saveOAuthState('1_unlucky', record);
  await store.dropOAuthState('1_unlucky', record);
  expect(await stateKeys()).toEqual(before);
});

test('other accounts keep theirs', async () => {
  await store.saveOAuthState('1_mail', recordOf('calm'));
  await store.saveOAuthState('1_code', recordOf('busy', { connection: 'github' }));
  await saveMany(20, 'busy');
  expect(await isTaken('1_mail')).toBe(true);
  expect(await isTaken('1_code')).toBe(true);
});

test('a state that is put back has its place still, though the account is full', async () => {
  await saveMany(19, 'reload');
  await store.saveOAuthState('1_back', recordOf('reload'));
  expect(await isTaken('1_back')).toBe(true);
  expect(await store.saveOAuthState('1_back', recordOf('reload'))).toEqual({ kind: 'saved' });
  expect(await isTaken('1_back')).toBe(true);
});

test('everything that is kept expires, and an expired state leaves nothing', async () => {
  const before = await stateKeys();
  await store.saveOAuthState('2_long', recordOf('ages', { expiresAt: Date.now() + 60_000 }));
  await store.saveOAuthState('2_short', recordOf('ages', { expiresAt: Date.now() + 30_000 }));
  await store.saveOAuthState('2_gone', recordOf('late', { expiresAt: Date.now() - 1_000 }));
  const made = (await stateKeys()).filter((key) => !before.includes(key));
  const lifetimes = await Promise.all(made.map((key) => redis.redis.pttl(key)));
  const [short = 0, ...long] = lifetimes.toSorted((one, other) => one - other);
  expect(long).toHaveLength(2);
  expect(short).toBeGreaterThan(0);
  expect(short).toBeLessThanOrEqual(30_000);
  expect(long.filter((lifetime) => lifetime <= 30_000)).toEqual([]);
});
