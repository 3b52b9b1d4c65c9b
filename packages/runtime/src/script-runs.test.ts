import { type Command, Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { shortenScriptRuns } from './script-runs.ts';

/** The texts of the commands that a connection is given, which goes nowhere. */
function recordTexts(redis: Redis): string[] {
  const texts: string[] = [];
  redis.sendCommand = (command: Command) => {
    texts.push(String(command.toWritable({})));
    return command.promise;
  };
  return texts;
}

const words = ['', 'plain', 'naïve 🙂\r\n', 'x'.repeat(255), 'é'.repeat(128), 'x'.repeat(5_000)];
const numbers = [0, -1, 1_795_801_435_950, 0.5, 2 ** 53, -1e21];

test('a run of a script has the text that ioredis gives it', () => {
  const [shortened, asEver] = [0, 1].map(() => new Redis({ lazyConnect: true })) as [Redis, Redis];
  shortenScriptRuns(shortened);
  const texts = recordTexts(shortened);
  const expected = recordTexts(asEver);
  for (const redis of [shortened, asEver]) {
    void redis.evalsha('sha', 1, 'clé', ...words, ...numbers);
    void redis.evalsha('sha', 0);
  }
  expect(texts).toEqual(expected);
  expect(texts).toHaveLength(2);
});

test('a cluster finds its keys', () => {
  const redis = new Redis({ lazyConnect: true });
  shortenScriptRuns(redis);
  const keys: unknown[] = [];
  redis.sendCommand = (command: Command) => {
    keys.push(...command.getKeys());
    return command.promise;
  };
  void redis.evalsha('sha', 2, '{a}:1', '{a}:2', 'value', 3);
  expect(keys).toEqual(['{a}:1', '{a}:2']);
});
