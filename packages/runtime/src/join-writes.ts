import type { Redis } from 'ioredis';

/**
 * What is sent within one turn of the event loop goes to the socket in one write: the next commands of several tasks
 * whose replies came together, or several commands of one. Nothing waits for it: the write is made before the event
 * loop goes on. ioredis writes each command by itself, and each write is a system call here and a read in Redis.
 */
export function joinWrites(redis: Redis): void {
  redis.on('connect', () => {
    const { stream } = redis;
    const write = stream.write.bind(stream) as (...words: unknown[]) => boolean;
    let isOpen = false;
    stream.write = (...words: unknown[]) => {
      if (!isOpen) {
        isOpen = true;
        stream.cork();
        process.nextTick(() => {
          isOpen = false;
          stream.uncork();
        });
      }
      return write(...words);
    };
  });
}
