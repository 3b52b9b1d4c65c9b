import { expect, test } from 'vitest';
import { startNotices } from './start-notices.ts';

const settings = { isProduction: true, isKeyless: false, hasConnectVerifyUrl: true };

test('a gateway that asks for keys, and whose application vouches for its users, has nothing to say', () => {
  expect(startNotices(settings)).toEqual([]);
});

test('production without CONNECT_VERIFY_URL is told that links are for their users only', () => {
  expect(startNotices({ ...settings, hasConnectVerifyUrl: false })).toEqual([
    expect.stringContaining('give each link to its user only'),
  ]);
  expect(startNotices({ ...settings, isProduction: false, hasConnectVerifyUrl: false })).toEqual(
    [],
  );
});

test('without keys, that every local user gets in is said with the command that ends it', () => {
  const [notice] = startNotices({ ...settings, isProduction: false, isKeyless: true });
  expect(notice).toContain('every user and every program of this machine');
  expect(notice).toContain('npm run keys -- create');
});
