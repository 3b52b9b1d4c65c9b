import type { RedisConnection } from '@pawl/runtime';
import { loadScript, runScript } from './script.ts';

type Word = string | number;

interface WaitingRead {
  readonly command: string;
  readonly key: string;
  readonly words: readonly Word[];
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const script = loadScript('read-many');

/** Reads beyond so many are another run: Redis does nothing else meanwhile. */
const mostReads = 32;

/**
 * Small reads that are asked for together are one run of a script for each shard: one command to write, and one answer
 * to take apart, instead of several. They are sent when what asked for them waits for something. What may be large is
 * read by itself: a script copies it once more, and keeps Redis from everybody else meanwhile.
 */
export function joinReads(redis: RedisConnection) {
  let waiting: WaitingRead[] = [];

  /** Sends what waits now, so that it is read before whatever is sent next. */
  function flush(): void {
    const reads = waiting;
    waiting = [];
    for (const group of groupsOf(reads)) void send(group);
  }

  async function send(reads: readonly WaitingRead[]): Promise<void> {
    const [first] = reads;
    try {
      if (first !== undefined && reads.length === 1) {
        first.resolve(await redis.call(first.command, first.key, ...first.words));
        return;
      }
      const keys = reads.map(({ key }) => key);
      const words = reads.flatMap((read) => [read.command, read.words.length, ...read.words]);
      const answers = (await runScript(redis, script, keys, words)) as unknown[];
      for (const [index, { resolve, reject }] of reads.entries()) {
        const answer = answers[index];
        if (answer instanceof Error) reject(answer);
        else resolve(answer);
      }
    } catch (error) {
      for (const { reject } of reads) reject(error);
    }
  }

  function read(command: string, key: string, ...words: Word[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ command, key, words, resolve, reject });
    });
  }

  return {
    flush,
    hget: (key: string, field: string) => read('hget', key, field) as Promise<string | null>,
    hmget: (key: string, ...fields: string[]) =>
      read('hmget', key, ...fields) as Promise<(string | null)[]>,
    exists: (key: string) => read('exists', key) as Promise<number>,
    /** Members and their scores, in turns. */
    zrangeWithScores: (key: string, first: number, last: number) =>
      read('zrange', key, first, last, 'WITHSCORES') as Promise<string[]>,
    lrange: (key: string, first: number, last: number) =>
      read('lrange', key, first, last) as Promise<string[]>,
  };
}

export type JoinedReads = ReturnType<typeof joinReads>;

/** By shard, of which each has a hash tag, and as many as one run takes. */
function groupsOf(reads: readonly WaitingRead[]): WaitingRead[][] {
  const groups: WaitingRead[][] = [];
  const open = new Map<string, WaitingRead[]>();
  for (const read of reads) {
    const tag = read.key.slice(0, read.key.indexOf('}'));
    const group = open.get(tag);
    if (group !== undefined && group.length < mostReads) {
      group.push(read);
      continue;
    }
    const made = [read];
    open.set(tag, made);
    groups.push(made);
  }
  return groups;
}
