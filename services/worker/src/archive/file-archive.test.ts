import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ArchiveAwayError, type ArchiveEntry } from './archive.ts';
import { createFileArchive } from './file-archive.ts';

async function emptyDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'pawl-archive-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A writer as a process has it. */
function openArchive(directory: string, fileBytes = 1_000_000) {
  const archive = createFileArchive({ directory, fileBytes });
  onTestFinished(() => archive.close());
  return archive;
}

function entryOf(number: number, { sequence = 3, text = '' } = {}): ArchiveEntry {
  const id = `job_0_${number}`;
  return { id, sequence, endedAt: 0, line: JSON.stringify({ id, sequence, text }) };
}

async function idsIn(directory: string): Promise<string[]> {
  const names = (await readdir(directory)).toSorted();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  return texts
    .join('')
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const { id, sequence } = JSON.parse(line) as { id: string; sequence: number };
      return `${id} ${sequence}`;
    });
}

const newestFile = async (directory: string) =>
  join(directory, (await readdir(directory)).toSorted().at(-1) ?? '');

test('a process that comes after a crash writes nothing twice, and removes what was cut off', async () => {
  const directory = await emptyDirectory();
  await openArchive(directory).write(0, [entryOf(1), entryOf(2)]);
  await appendFile(await newestFile(directory), entryOf(3).line.slice(0, 20));
  const next = openArchive(directory);
  await next.write(0, [entryOf(1), entryOf(2), entryOf(3), entryOf(4)]);
  expect(await idsIn(directory)).toEqual(['job_0_1 3', 'job_0_2 3', 'job_0_3 3', 'job_0_4 3']);
});

test('a job that was opened again and has ended again is another line', async () => {
  const directory = await emptyDirectory();
  const archive = openArchive(directory);
  await archive.write(0, [entryOf(1)]);
  await archive.write(0, [entryOf(1), entryOf(1, { sequence: 9 })]);
  expect(await idsIn(directory)).toEqual(['job_0_1 3', 'job_0_1 9']);
});

test('two processes that follow each other see what the other has written', async () => {
  const directory = await emptyDirectory();
  const [one, other] = [openArchive(directory), openArchive(directory)];
  await one.write(0, [entryOf(1)]);
  await other.write(0, [entryOf(1), entryOf(2)]);
  await one.write(0, [entryOf(2), entryOf(3)]);
  expect(await idsIn(directory)).toEqual(['job_0_1 3', 'job_0_2 3', 'job_0_3 3']);
});

test('a file that is large enough is followed by the next one, and shards have files of their own', async () => {
  const directory = await emptyDirectory();
  const archive = openArchive(directory, 1_000);
  for (let number = 0; number < 5; number += 1) {
    await archive.write(0, [entryOf(number, { text: 'x'.repeat(600) })]);
  }
  await archive.write(1, [entryOf(9)]);
  const day = new Date().toISOString().slice(0, 10);
  expect((await readdir(directory)).toSorted()).toEqual([
    `jobs-s0-${day}-0001.jsonl`,
    `jobs-s0-${day}-0002.jsonl`,
    `jobs-s0-${day}-0003.jsonl`,
    `jobs-s1-${day}-0001.jsonl`,
  ]);
  expect(await idsIn(directory)).toHaveLength(6);
});

test('what an earlier day has is not written again into the file of the next', async () => {
  const directory = await emptyDirectory();
  await writeFile(join(directory, 'jobs-s0-2020-01-01-0007.jsonl'), `${entryOf(1).line}\n`);
  await openArchive(directory).write(0, [entryOf(1), entryOf(2)]);
  expect(await readdir(directory)).toHaveLength(2);
  expect(await idsIn(directory)).toEqual(['job_0_1 3', 'job_0_2 3']);
});

test('a line longer than a piece that is read at a time is known as well', async () => {
  const directory = await emptyDirectory();
  const long = entryOf(1, { text: 'x'.repeat(3_000_000) });
  await openArchive(directory).write(0, [entryOf(0), long, entryOf(2)]);
  await openArchive(directory).write(0, [entryOf(0), long, entryOf(2), entryOf(3)]);
  expect(await idsIn(directory)).toHaveLength(4);
});

test('a directory that cannot be written to is an archive that is away, and works once it can be', async () => {
  const directory = await emptyDirectory();
  const blocked = join(directory, 'archive');
  await writeFile(blocked, 'a file, where a directory should be');
  const archive = openArchive(blocked);
  await expect(archive.write(0, [entryOf(1)])).rejects.toThrow(ArchiveAwayError);
  await rm(blocked);
  await archive.write(0, [entryOf(1)]);
  expect(await idsIn(blocked)).toEqual(['job_0_1 3']);
});
