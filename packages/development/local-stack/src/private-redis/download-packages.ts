import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, type CommandResult } from './run-command.ts';

export type DownloadResult =
  | { readonly kind: 'downloaded'; readonly files: readonly string[] }
  | { readonly kind: 'failed'; readonly reason: string };

const environment = { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' };

/**
 * Downloads the first of these sets of Debian packages that can be had, with every package that
 * they need and the system lacks, into `directory`. Uses the system's package lists; where they are missing or
 * outdated, fetches lists of its own into the same directory, for which root is not needed.
 */
export async function downloadPackages(
  sets: readonly (readonly string[])[],
  directory: string,
): Promise<DownloadResult> {
  let result = await downloadFirst(sets, directory, []);
  if (result.kind === 'downloaded') return result;
  const ownLists = await prepareOwnLists(directory);
  const updated = await apt([...ownLists, '--quiet', 'update'], directory, 180_000);
  if (updated.kind === 'failed') return updated;
  result = await downloadFirst(sets, directory, ownLists);
  return result;
}

async function prepareOwnLists(directory: string): Promise<string[]> {
  const state = join(directory, 'state');
  const cache = join(directory, 'cache');
  await mkdir(join(state, 'lists/partial'), { recursive: true });
  await mkdir(join(cache, 'archives/partial'), { recursive: true });
  return [
    `Dir::State=${state}`,
    `Dir::State::lists=${state}/lists/`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${cache}`,
    'Debug::NoLocking=1',
  ].flatMap((option) => ['-o', option]);
}

async function downloadFirst(
  sets: readonly (readonly string[])[],
  directory: string,
  options: readonly string[],
): Promise<DownloadResult> {
  const reasons: string[] = [];
  for (const names of sets) {
    const result = await downloadWithDependencies(names, directory, options);
    if (result.kind === 'downloaded') return result;
    reasons.push(result.reason);
  }
  return { kind: 'failed', reason: reasons.join('; ') };
}

async function downloadWithDependencies(
  names: readonly string[],
  directory: string,
  options: readonly string[],
): Promise<DownloadResult> {
  const plan = await apt(
    [...options, '--simulate', '--reinstall', '--no-install-recommends', 'install', ...names],
    directory,
    60_000,
  );
  if (plan.kind === 'failed') return plan;
  const needed = [...plan.output.matchAll(/^Inst (\S+)/gm)].map(([, needed]) => String(needed));
  if (needed.length === 0) {
    return { kind: 'failed', reason: `apt-get lists nothing for ${names.join(', ')}` };
  }
  const fetched = await apt([...options, '--quiet', 'download', ...needed], directory, 180_000);
  if (fetched.kind === 'failed') return fetched;
  const files = (await readdir(directory)).filter((file) => file.endsWith('.deb'));
  return { kind: 'downloaded', files: files.map((file) => join(directory, file)) };
}

async function apt(
  argumentList: readonly string[],
  directory: string,
  timeoutMilliseconds: number,
): Promise<CommandResult> {
  return await runCommand('apt-get', argumentList, { timeoutMilliseconds, environment, directory });
}
