import type { RedisConnection } from '@pawl/runtime';
import { z } from 'zod';
import type { JoinedReads } from './joined-reads.ts';
import type { Keys } from './keys.ts';

const Reply = z.object({
  turn: z.int(),
  attempt: z.int(),
  /** Of the claim whose reply it is. */
  epoch: z.int(),
});

/** Whose text it is: a reply that is not committed yet. */
export type Reply = z.infer<typeof Reply>;

/** A piece of the text of a reply as it comes, told to those who watch. */
export const Delta = Reply.extend({
  /** Where the piece begins in the text, in UTF-16 code units. */
  offset: z.int(),
  text: z.string(),
  /** The attempt has failed: its text is none of the answer. */
  isDiscarded: z.boolean(),
});
export type Delta = z.infer<typeof Delta>;

/** What tells a reply's text while it comes. Nobody waits for it: who watches must not slow the work. */
export interface DeltaWriter {
  add(text: string): void;
  /** Tells what is not told yet. */
  flush(): void;
  discard(): void;
}

/** How long a job counts as watched after somebody said so, in milliseconds. */
export const watchedFor = 30_000;

/** For those who begin to watch in mid-reply, the text so far is kept for so long after its last piece. Milliseconds. */
const keptFor = 30_000;

/** Pieces that come faster are told together. Milliseconds. */
const pause = 50;

/** Of a longer text no more is told. Characters. */
const mostCharacters = 500_000;

/** The text of replies while they come, for those who watch. It stands beside the commits and decides nothing. */
export function createDeltas(redis: RedisConnection, joined: JoinedReads, keys: Keys) {
  return {
    /** Says that somebody watches this job, for {@link watchedFor}. */
    async watchJob(job: string): Promise<void> {
      await redis.set(keys.watched(job), '1', 'PX', watchedFor);
    },

    async isJobWatched(job: string): Promise<boolean> {
      return (await joined.exists(keys.watched(job))) === 1;
    },

    writeDeltas(job: string, reply: Reply): DeltaWriter {
      const key = keys.textSoFar(job, reply.epoch);
      let told = 0;
      let waiting = '';
      let timer: NodeJS.Timeout | undefined;
      const publish = (delta: Pick<Delta, 'text' | 'isDiscarded'>) => {
        const message: Delta = { ...reply, offset: told, ...delta };
        const commands = redis.multi();
        if (delta.isDiscarded) commands.del(key);
        else commands.append(key, delta.text).pexpire(key, keptFor);
        commands
          .publish(keys.deltas(job), JSON.stringify(message))
          .exec()
          .catch(() => undefined);
      };
      const flush = () => {
        if (waiting === '') return;
        publish({ text: waiting, isDiscarded: false });
        told += waiting.length;
        waiting = '';
      };
      /** At once, and then not before the pause is over. */
      const flushInTime = () => {
        if (timer !== undefined || waiting === '') return;
        flush();
        timer = setTimeout(() => {
          timer = undefined;
          flushInTime();
        }, pause);
      };
      return {
        add(text) {
          if (told + waiting.length + text.length > mostCharacters) return;
          waiting += text;
          flushInTime();
        },
        flush() {
          clearTimeout(timer);
          flush();
        },
        discard() {
          clearTimeout(timer);
          if (told > 0) publish({ text: '', isDiscarded: true });
        },
      };
    },

    /** What was told so far of a reply's text. */
    readTextSoFar: async (job: string, epoch: number): Promise<string> =>
      (await redis.get(keys.textSoFar(job, epoch))) ?? '',
  };
}

/** Undefined: a message that only another version understands. */
export function parseDelta(message: string): Delta | undefined {
  const parsed = Delta.safeParse(JSON.parse(message));
  return parsed.success ? parsed.data : undefined;
}
