import type { FileHandle } from 'node:fs/promises';

/** How much of a file is looked through for what is there, from its end. */
const tailBytes = 64 * 1_024 * 1_024;
const pieceBytes = 1_024 * 1_024;

/** A line names its job within so many bytes: see `archiveLine`. */
const headBytes = 200;

const newline = 10;

export interface FileTail {
  /** Up to where the file has whole lines. */
  readonly size: number;
  /** The identities of the jobs in them, `<id> <sequence>`. */
  readonly lines: readonly string[];
}

/** What the end of a file of lines holds. A last line that a crash has cut off does not count. */
export async function readTail(handle: FileHandle): Promise<FileTail> {
  const { size: all } = await handle.stat();
  const start = Math.max(0, all - tailBytes);
  const buffer = Buffer.alloc(pieceBytes);
  const lines: string[] = [];
  // Of the first piece of a longer file, the first line has no beginning.
  let head: string | undefined = start === 0 ? '' : undefined;
  let whole = start;
  for (let position = start; position < all;) {
    const { bytesRead } = await handle.read(buffer, 0, pieceBytes, position);
    if (bytesRead === 0) break;
    let from = 0;
    for (;;) {
      const found = buffer.subarray(0, bytesRead).indexOf(newline, from);
      const end = found === -1 ? bytesRead : found;
      if (head !== undefined && head.length < headBytes) {
        head += buffer.toString('latin1', from, Math.min(end, from + headBytes - head.length));
      }
      if (found === -1) break;
      const identity = head === undefined ? undefined : identityIn(head);
      if (identity !== undefined) lines.push(identity);
      head = '';
      from = found + 1;
      whole = position + from;
    }
    position += bytesRead;
  }
  return { size: whole, lines };
}

function identityIn(head: string): string | undefined {
  const match = /^\{"id":"(job_[\w-]+)","sequence":(\d+)/.exec(head);
  return match === null ? undefined : `${match[1]} ${match[2]}`;
}
