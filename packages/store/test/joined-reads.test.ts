import { connectRedis, whenRedisReady } from '@pawl/runtime';
import { testRedis } from '@pawl/testing';
import { afterAll, expect, test } from 'vitest';
import { joinReads } from '../src/joined-reads.ts';

const server = testRedis();

/** A connection of its own, and the names of the commands that it sends. */
async function open() {
  const redis = connectRedis(server.url, 'worker');
  afterAll(() => redis.disconnect());
  await whenRedisReady(redis, 60_000);
  const sent: string[] = [];
  const sendCommand = redis.sendCommand.bind(redis);
  redis.sendCommand = (command: Parameters<typeof sendCommand>[0]) => {
    sent.push(command.name);
    return sendCommand(command);
  };
  const keyOf = (shard: number, name: string) => `{${server.namespace}:${shard}}:${name}`;
  return { redis, sent, keyOf, joined: joinReads(redis) };
}

test('reads that are asked for together are one command, and answer as they would alone', async () => {
  const { redis, sent, keyOf, joined } = await open();
  await redis.hset(keyOf(0, 'hash'), { a: 'one', b: '' });
  await redis.rpush(keyOf(0, 'list'), 'x', 'y', 'z');
  await redis.zadd(keyOf(0, 'sorted'), 1.5, 'm', 2, 'n');
  sent.length = 0;
  const reads = [
    () => joined.hget(keyOf(0, 'hash'), 'a'),
    () => joined.hget(keyOf(0, 'hash'), 'none'),
    () => joined.hmget(keyOf(0, 'hash'), 'none', 'b'),
    () => joined.exists(keyOf(0, 'none')),
    () => joined.lrange(keyOf(0, 'list'), -2, -1),
    () => joined.zrangeWithScores(keyOf(0, 'sorted'), 0, 9),
  ];
  const answers = ['one', null, [null, ''], 0, ['y', 'z'], ['m', '1.5', 'n', '2']];
  expect(await Promise.all(reads.map((read) => read()))).toEqual(answers);
  expect(sent.filter((name) => name !== 'eval')).toEqual(['evalsha']);

  const alone = [];
  for (const read of reads) alone.push(await read());
  expect(alone).toEqual(answers);
});

test('a read that is asked for alone is a command as any other', async () => {
  const { sent, keyOf, joined } = await open();
  expect(await joined.hget(keyOf(0, 'nothing'), 'a')).toBeNull();
  expect(await joined.exists(keyOf(0, 'nothing'))).toBe(0);
  expect(sent).toEqual(['hget', 'exists']);
});

test('a read that fails stops no other', async () => {
  const { redis, keyOf, joined } = await open();
  await redis.set(keyOf(0, 'text'), 'one');
  const [wrong, right] = await Promise.allSettled([
    joined.hget(keyOf(0, 'text'), 'a'),
    joined.exists(keyOf(0, 'text')),
  ]);
  expect(wrong).toMatchObject({ status: 'rejected', reason: { message: /WRONGTYPE/ } });
  expect(right).toEqual({ status: 'fulfilled', value: 1 });
});

test('all fail that are asked for while there is no connection', async () => {
  const { redis, keyOf, joined } = await open();
  redis.disconnect();
  const reads = [joined.exists(keyOf(0, 'a')), joined.exists(keyOf(0, 'b'))];
  const results = await Promise.allSettled(reads);
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('each shard has a run of its own, and no run has too many reads', async () => {
  const { redis, sent, keyOf, joined } = await open();
  const places = Array.from({ length: 70 }, (_, index) => ({ shard: index % 2, index }));
  const key = ({ shard, index }: (typeof places)[number]) => keyOf(shard, `many-${index}`);
  for (const place of places) await redis.hset(key(place), 'index', place.index);
  sent.length = 0;
  const read = places.map((place) => joined.hget(key(place), 'index'));
  expect(await Promise.all(read)).toEqual(places.map(({ index }) => String(index)));
  expect(sent.filter((name) => name === 'evalsha')).toHaveLength(4);
});

test('what was asked for is read before what is sent after a flush', async () => {
  const { redis, keyOf, joined } = await open();
  const reads = [joined.exists(keyOf(0, 'later')), joined.hget(keyOf(0, 'hash-later'), 'a')];
  joined.flush();
  await redis.set(keyOf(0, 'later'), '1');
  expect(await Promise.all(reads)).toEqual([0, null]);
});
