import { testRedis } from '@pawl/testing';
import { expect, test } from 'vitest';
import {
  createKeys,
  createWebhookSecrets,
  EncryptionKeyMissingError,
  SecretUnreadableError,
} from '../src/index.ts';

const { redis, namespace, keys: storedKeys } = testRedis();
const keys = createKeys(namespace);
const encryptionKey = Buffer.alloc(32, 5);
const given = { default: ['whsec_given'] };
const secrets = createWebhookSecrets({ redis, keys, encryptionKey, given });
const hour = 3_600_000;

test('what the environment gives signs until the secret is rotated, then both for a while', async () => {
  expect(await secrets.secretsOf('default', 0)).toEqual(['whsec_given']);
  const { secret, previousValidUntil } = await secrets.rotate('default', { now: 0, overlap: hour });
  expect(previousValidUntil).toBe(hour);
  expect(Buffer.from(secret.slice('whsec_'.length), 'base64')).toHaveLength(32);
  expect(await secrets.secretsOf('default', hour - 1)).toEqual([secret, 'whsec_given']);
  expect(await secrets.secretsOf('default', hour)).toEqual([secret]);
});

test('a rotation without overlap ends the earlier secrets at once', async () => {
  await secrets.rotate('hasty', { now: 0, overlap: hour });
  const { secret } = await secrets.rotate('hasty', { now: 1, overlap: 0 });
  expect(await secrets.secretsOf('hasty', 1)).toEqual([secret]);
});

test('rotations at once each give a secret that signs', async () => {
  const rotated = await Promise.all(
    [1, 2, 3].map(() => secrets.rotate('raced', { now: 0, overlap: hour })),
  );
  const signing = await secrets.secretsOf('raced', 1);
  expect(new Set(signing)).toEqual(new Set(rotated.map(({ secret }) => secret)));
});

test('a later rotation does not prolong what ends earlier, and no more than four sign', async () => {
  for (const now of [0, 1, 2, 3, 4]) await secrets.rotate('often', { now, overlap: hour });
  expect(await secrets.secretsOf('often', 5)).toHaveLength(4);
  expect(await secrets.secretsOf('often', hour + 2)).toHaveLength(3);
});

test('a tenant has no other tenant’s secrets, nor those of a name that every object has', async () => {
  expect(await secrets.secretsOf('nobody', 0)).toEqual([]);
  expect(await secrets.secretsOf('constructor', 0)).toEqual([]);
});

test('stored secrets are encrypted, and bound to their tenant', async () => {
  const { secret } = await secrets.rotate('sealed', { now: 0, overlap: hour });
  for (const name of await storedKeys()) {
    const stored = JSON.stringify(await redis.hgetall(name));
    expect(stored).not.toContain(secret.slice(6));
    expect(stored).not.toContain('whsec_');
  }
  const state = (await redis.hget(keys.webhookSecrets('sealed'), 'state')) ?? '';
  await redis.hset(keys.webhookSecrets('thief'), 'revision', 1, 'state', state);
  await expect(secrets.secretsOf('thief', 0)).rejects.toThrow(SecretUnreadableError);
});

test('another encryption key, or none, is said clearly', async () => {
  await secrets.rotate('lost', { now: 0, overlap: hour });
  const other = createWebhookSecrets({
    redis,
    keys,
    given,
    encryptionKey: Buffer.alloc(32, 6),
  });
  await expect(other.secretsOf('lost', 0)).rejects.toThrow('PAWL_ENCRYPTION_KEY');
  const without = createWebhookSecrets({ redis, keys, given });
  await expect(without.rotate('lost', { now: 0, overlap: 0 })).rejects.toThrow(
    EncryptionKeyMissingError,
  );
  await expect(without.secretsOf('lost', 0)).rejects.toThrow(EncryptionKeyMissingError);
});
