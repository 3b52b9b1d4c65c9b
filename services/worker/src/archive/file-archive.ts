import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, ArchiveAwayError, type ArchiveEntry } from './archive.ts';
import { readTail } from './file-tail.ts';

export interface FileArchiveSettings {
  readonly directory: string;
  /** A file that has so many bytes is followed by another; so is one of an earlier day. */
  readonly fileBytes: number;
}

/** The file that a shard's lines are appended to. */
interface OpenFile {
  readonly name: string;
  readonly handle: FileHandle;
  size: number;
}

/** Lines that this process remembers for each shard, beside the tail that it has read. */
const mostRemembered = 20_000;

/**
 * Lines in files of a directory, such as `jobs-s0-2026-11-27-0001.jsonl`: one at a time for each shard, of one day (UTC),
 * and not much larger than `fileBytes`. Each batch of lines is written and flushed to the disk before it counts as
 * stored.
 *
 * One process writes to a shard's files, the one that holds its retention lease. Whoever comes next reads the end of the
 * newest file: what a crash has cut off is removed, and what is there is not written again.
 */
export function createFileArchive({ directory, fileBytes }: FileArchiveSettings): Archive {
  const shards = new Map<number, ShardFiles>();
  const filesOf = (shard: number): ShardFiles => {
    const known = shards.get(shard) ?? createShardFiles({ directory, fileBytes }, shard);
    shards.set(shard, known);
    return known;
  };
  return {
    write: (shard, entries) => filesOf(shard).write(entries),
    async close() {
      await Promise.all([...shards.values()].map((files) => files.close()));
    },
  };
}

type ShardFiles = ReturnType<typeof createShardFiles>;

function createShardFiles({ directory, fileBytes }: FileArchiveSettings, shard: number) {
  let current: OpenFile | undefined;
  const written = new Set<string>();
  // Batches by age and by number may come at the same time.
  let last: Promise<unknown> = Promise.resolve();

  const dayPrefix = (day: string) => `jobs-s${shard}-${day}-`;
  const pattern = new RegExp(`^jobs-s${shard}-\\d{4}-\\d{2}-\\d{2}-\\d{4,}\\.jsonl$`);

  async function newestFile(): Promise<string | undefined> {
    const names = (await readdir(directory)).filter((name) => pattern.test(name));
    return names.toSorted(byDayAndNumber).at(-1);
  }

  /** Opens the newest file, and knows from then on what is in its end. */
  async function openNewest(): Promise<OpenFile | undefined> {
    await mkdir(directory, { recursive: true });
    const name = await newestFile();
    if (name === undefined) return undefined;
    const handle = await open(join(directory, name), 'a+');
    const { size, lines } = await readTail(handle);
    for (const line of lines) remember(line);
    await handle.truncate(size);
    return { name, handle, size };
  }

  async function openNext(before: OpenFile | undefined, day: string): Promise<OpenFile> {
    await before?.handle.close();
    const isSameDay = before?.name.startsWith(dayPrefix(day)) ?? false;
    const number = before !== undefined && isSameDay ? numberOf(before.name) + 1 : 1;
    const name = `${dayPrefix(day)}${String(number).padStart(4, '0')}.jsonl`;
    const handle = await open(join(directory, name), 'ax+');
    await flushDirectory(directory);
    return { name, handle, size: 0 };
  }

  function remember(identity: string): void {
    written.add(identity);
    if (written.size <= mostRemembered) return;
    const [oldest] = written;
    if (oldest !== undefined) written.delete(oldest);
  }

  async function append(entries: readonly ArchiveEntry[]): Promise<void> {
    if (current !== undefined && (await current.handle.stat()).size !== current.size) {
      // Somebody else has written to it: look again.
      await forget();
    }
    current ??= await openNewest();
    const missing = entries.filter((entry) => !written.has(identityOf(entry)));
    if (missing.length === 0) return;
    const day = new Date().toISOString().slice(0, 10);
    // Never back to an earlier day, should the clock go back.
    const isOver =
      current === undefined || current.name < dayPrefix(day) || current.size >= fileBytes;
    if (isOver) current = await openNext(current, maxDay(current, day));
    if (current === undefined) return;
    const text = Buffer.from(missing.map(({ line }) => `${line}\n`).join(''));
    await current.handle.appendFile(text);
    await current.handle.datasync();
    current.size += text.length;
    for (const entry of missing) remember(identityOf(entry));
  }

  function maxDay(file: OpenFile | undefined, day: string): string {
    const [known = day] = /\d{4}-\d{2}-\d{2}/.exec(file?.name ?? '') ?? [];
    return known > day ? known : day;
  }

  async function forget(): Promise<void> {
    const file = current;
    current = undefined;
    written.clear();
    await file?.handle.close().catch(() => undefined);
  }

  return {
    async write(entries: readonly ArchiveEntry[]): Promise<void> {
      const mine = last.then(() => append(entries));
      last = mine.catch(() => undefined);
      try {
        await mine;
      } catch (error) {
        // How much of it was written is not known: the next batch looks.
        await forget();
        throw new ArchiveAwayError(
          `The archive cannot be written to: ${error instanceof Error ? error.message : ''}`,
          { cause: error },
        );
      }
    },
    close: forget,
  };
}

function identityOf({ id, sequence }: ArchiveEntry): string {
  return `${id} ${sequence}`;
}

function numberOf(name: string): number {
  return Number(/-(\d+)\.jsonl$/.exec(name)?.[1] ?? 0);
}

const dayOf = (name: string) => name.slice(0, name.lastIndexOf('-'));

function byDayAndNumber(one: string, other: string): number {
  if (dayOf(one) !== dayOf(other)) return dayOf(one) < dayOf(other) ? -1 : 1;
  return numberOf(one) - numberOf(other);
}

/** A file's name is stored for good only with its directory. */
async function flushDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
