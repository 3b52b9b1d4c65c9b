import { readFile } from 'node:fs/promises';
import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';

/** What a version has stored, as its own processes wrote it: every key but BullMQ's. */
const StoredFixture = z.object({
  /** When it was taken, in milliseconds since 1970. */
  at: z.int(),
  /** The jobs by what each is there for. */
  jobs: z.record(z.string(), z.string()),
  schedule: z.string(),
  apiKey: z.string(),
  webhookSecret: z.string(),
  records: z.record(
    z.string(),
    z.discriminatedUnion('type', [
      z.object({ type: z.literal('hash'), value: z.record(z.string(), z.string()) }),
      z.object({ type: z.literal('zset'), value: z.array(z.string()) }),
      z.object({ type: z.literal('list'), value: z.array(z.string()) }),
      z.object({ type: z.literal('string'), value: z.string() }),
      z.object({
        type: z.literal('stream'),
        value: z.array(z.tuple([z.string(), z.array(z.string())])),
      }),
    ]),
  ),
});
export type StoredFixture = z.infer<typeof StoredFixture>;

/** Times of the fixture, and nothing else, are whole numbers of this size. */
const time = /(?<![\w.-])179\d{10}(?![\w.-])/g;

/** Reads a fixture with its times moved, so that it was taken `age` milliseconds ago. */
export async function readFixture(version: number, age: number): Promise<StoredFixture> {
  const file = new URL(`./records/version-${version}.json`, import.meta.url);
  const text = await readFile(file, 'utf8');
  const taken = StoredFixture.parse(JSON.parse(text)).at;
  const moved = text.replaceAll(time, (found) => String(Number(found) - taken + Date.now() - age));
  return StoredFixture.parse(JSON.parse(moved));
}

/** Writes the records under the keys of a namespace. */
export async function restore(
  redis: RedisConnection,
  name: string,
  { records }: StoredFixture,
): Promise<void> {
  for (const [key, record] of Object.entries(records)) {
    const to = `{${name}:0}:${key}`;
    switch (record.type) {
      case 'hash':
        await redis.hset(to, named(record.value, name));
        break;
      case 'zset':
        for (let index = 0; index < record.value.length; index += 2) {
          await redis.zadd(
            to,
            record.value[index + 1] ?? '',
            named(record.value[index] ?? '', name),
          );
        }
        break;
      case 'list':
        await redis.rpush(to, ...record.value.map((each) => named(each, name)));
        break;
      case 'string':
        await redis.set(to, record.value);
        break;
      case 'stream':
        for (const [id, fields] of record.value) await redis.xadd(to, id, ...fields);
    }
  }
}

/** Some values name keys. */
function named<Value extends string | Record<string, string>>(value: Value, name: string): Value {
  return JSON.parse(JSON.stringify(value).replaceAll('{NAME:', `{${name}:`)) as Value;
}
