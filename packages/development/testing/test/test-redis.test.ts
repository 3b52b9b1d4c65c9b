import { expect, test } from 'vitest';
import { testRedis } from '../src/index.ts';

const { redis, prefix, namespace, keys, connect } = testRedis();

test('gives a file a real Redis that evicts nothing', async () => {
  expect(await redis.info('memory')).toContain('maxmemory_policy:noeviction');
});

test('sees only the keys of this file', async () => {
  await redis.set(`${prefix}:a`, '1');
  await connect().set(`{${namespace}:1}:b`, '2');
  expect(await keys()).toEqual([`${prefix}:a`, `{${namespace}:1}:b`]);
});
