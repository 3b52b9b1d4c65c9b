import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import { createApiKeys } from '../src/api-keys.ts';
import { createKeys } from '../src/index.ts';
import { startStore } from './harness.ts';

const redis = testRedis();
const { store, keys } = await startStore(redis);

test('before there was a key, none is asked for, whatever is revoked', async () => {
  const name = `${redis.namespace}:fresh`;
  const fresh = createApiKeys(redis.redis, createKeys(name));
  expect(await fresh.revokeApiKey('aaaaaaaaaa')).toBe(false);
  expect(await fresh.requiresApiKey()).toBe(false);
  expect(await fresh.hasApiKeys()).toBe(false);
});

test('once there was a key, one is asked for, though the last one is revoked', async () => {
  const { id } = await store.createApiKey({ tenant: 'acme', name: 'test' });
  expect(await store.requiresApiKey()).toBe(true);
  expect(await store.revokeApiKey(id)).toBe(true);
  expect(await store.requiresApiKey()).toBe(true);
  expect(await store.hasApiKeys()).toBe(false);
});

test('a key that was made before this was remembered is remembered when it is revoked', async () => {
  const { id } = await store.createApiKey({ tenant: 'acme', name: 'old' });
  await redis.redis.del(keys.apiKeyRequired());
  expect(await store.requiresApiKey()).toBe(true);
  expect(await store.revokeApiKey(id)).toBe(true);
  expect(await store.requiresApiKey()).toBe(true);
});
