import { existsSync } from 'node:fs';
import { cp, mkdtemp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRepositoryRoot } from '@pawl/runtime';
import type { startHarnessProcess } from './harness-process.ts';

/** What the next version changes: in this built file, every occurrence of one text into another. */
interface Patch {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The next version: a compatible neighbour. It writes a higher record format, adds a field to every job (`marks`, one
 * for each of its commits) and a step of a new kind beside each mark (`note`).
 */
const patches: readonly Patch[] = [
  {
    file: 'contracts/dist/job-state.js',
    from: 'messageBudget: MessageBudget.optional(),',
    to: 'messageBudget: MessageBudget.optional(), marks: z.array(z.string()).optional(),',
  },
  {
    file: 'contracts/dist/job-step.js',
    from: "export const StepRecord = z.discriminatedUnion('kind', [",
    to: `const NoteRecord = z.object({ kind: z.literal('note'), turn: z.int(), mark: z.string() });
export const StepRecord = z.discriminatedUnion('kind', [NoteRecord,`,
  },
  {
    file: 'store/dist/step-fields.js',
    from: "case 'turn':",
    to: "case 'note': return `note:${record.mark}`;\n        case 'turn':",
  },
  {
    file: 'store/dist/record-format.js',
    from: 'recordFormat = ',
    to: 'recordFormat = 1 + ',
  },
  {
    file: 'engine/dist/commit/next-state.js',
    from: 'sequence: before.sequence + 1 };',
    to: `sequence: before.sequence + 1 };
    const mark = String(after.sequence);
    after.marks = [...(before.marks ?? []), mark];`,
  },
  {
    file: 'engine/dist/commit/next-state.js',
    from: 'steps: parts.steps ?? [],',
    to: "steps: [...(parts.steps ?? []), { kind: 'note', turn: before.turn, mark }],",
  },
];

export interface NextBuild {
  /** What was built of it, each workspace in a folder of its name. */
  readonly folder: string;
  readonly startHarnessProcess: typeof startHarnessProcess;
  remove(): Promise<void>;
}

/**
 * Copies what is built of every workspace, as the next version. The copy stands within the repository, so that it finds
 * the installed packages of others.
 *
 * @throws Error if a text to be changed is not there
 */
export async function makeNextBuild(): Promise<NextBuild> {
  const root = findRepositoryRoot(import.meta.url);
  if (root === undefined) throw new Error('the tests must run within the repository');
  await mkdir(join(root, '.pawl'), { recursive: true });
  const directory = await mkdtemp(join(root, '.pawl/next-build-'));
  const scope = join(directory, 'node_modules/@pawl');
  for (const group of ['packages', 'packages/development', 'services']) {
    for (const name of await readdir(join(root, group))) {
      if (!existsSync(join(root, group, name, 'package.json'))) continue;
      await cp(join(root, group, name), join(scope, name), {
        recursive: true,
        filter: (path) => !/\/(?:src|test|\.turbo)$/.test(path),
      });
      // Vitest would take the sources, which are not there.
      const description = join(scope, name, 'package.json');
      const text = await readFile(description, 'utf8');
      await writeFile(description, text.replaceAll(/"source": "[^"]*",/g, ''));
    }
  }
  for (const { file, from, to } of patches) {
    const text = await readFile(join(scope, file), 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
    await writeFile(join(scope, file), text.replaceAll(from, to));
  }
  const harness = pathToFileURL(join(scope, 'reliability/dist/testbed/harness-process.js'));
  const built = (await import(harness.href)) as Pick<NextBuild, 'startHarnessProcess'>;
  return {
    folder: scope,
    startHarnessProcess: built.startHarnessProcess,
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}
