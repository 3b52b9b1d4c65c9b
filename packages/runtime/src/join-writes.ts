import type { Redis } from 'ioredis';

/**
 * What is sent within one turn of the event loop goes to the socket in one write: the next commands of several tasks
 * whose replies came together, or several commands of one. Nothing waits for it: the write is made before the event
 * loop goes on. ioredis writes each command by itself, and each write is a system call here and a read in Redis. The
 * texts are joined here, too: a socket takes one long text faster than many short ones.
 */
export function joinWrites(redis: Redis): void {
  redis.on('connect', () => {
    const { stream } = redis;
    const write = stream.write.bind(stream) as (...words: unknown[]) => boolean;
    const end = stream.end.bind(stream) as (...words: unknown[]) => typeof stream;
    let pieces: (string | Buffer)[] = [];
    const flush = () => {
      const joined = pieces;
      pieces = [];
      if (joined.length > 0 && stream.writable) write(join(joined));
    };
    stream.write = (...words: unknown[]) => {
      const [piece] = words;
      if (words.length > 1 || !(typeof piece === 'string' || Buffer.isBuffer(piece))) {
        flush();
        return write(...words);
      }
      if (pieces.length === 0) process.nextTick(flush);
      pieces.push(piece);
      return !stream.writableNeedDrain;
    };
    stream.end = (...words: unknown[]) => {
      flush();
      return end(...words);
    };
  });
}

function join(pieces: readonly (string | Buffer)[]): string | Buffer {
  if (pieces.every((piece) => typeof piece === 'string')) return pieces.join('');
  return Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece)),
  );
}
