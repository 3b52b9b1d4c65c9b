import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { downloadPackages } from './download-packages.ts';
import { runCommand } from './run-command.ts';
import { findProgram, programCommand, type ServerWay } from './server-command.ts';

const serverNames = ['redis-server', 'valkey-server'] as const;

/** Debian's and Ubuntu's packages; what is named a tool there holds the server's own program. */
const packageSets = [
  ['redis-server', 'redis-tools'],
  ['valkey-server', 'valkey-tools'],
] as const;

const installAdvice =
  'Install one (macOS: brew install redis; Fedora: sudo dnf install valkey; ' +
  'Alpine: apk add redis; Arch: sudo pacman -S valkey), start Docker, or set REDIS_URL';

export interface PackageSettings {
  /** Where packages are kept unpacked, for the next start. */
  readonly packageDirectory: string;
  readonly log: (line: string) => void;
}

/**
 * The server from the system's own packages, with the libraries that the system lacks, unpacked
 * into a folder. Nothing is installed, no service is started, and root is not needed.
 */
export async function findPackageServer(settings: PackageSettings): Promise<ServerWay> {
  const { packageDirectory, log } = settings;
  const root = join(packageDirectory, 'redis');
  if (await exists(root)) {
    const unpacked = await serverIn(root);
    if (unpacked.kind === 'found') return unpacked;
    await rm(root, { recursive: true, force: true });
  }
  const path = process.env['PATH'];
  for (const tool of ['apt-get', 'dpkg-deb']) {
    if ((await findProgram([tool], path)) === undefined) {
      return { kind: 'unavailable', reason: `there is no ${tool}. ${installAdvice}` };
    }
  }
  log(
    'No Redis here: fetching the redis-server package with apt-get and unpacking it under ' +
      `${packageDirectory}. Nothing is installed.`,
  );
  await mkdir(packageDirectory, { recursive: true });
  const work = await mkdtemp(join(packageDirectory, 'unpacking-'));
  try {
    return await fetchInto(root, work);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function fetchInto(root: string, work: string): Promise<ServerWay> {
  const downloaded = await downloadPackages(packageSets, work);
  if (downloaded.kind === 'failed') {
    return {
      kind: 'unavailable',
      reason: `apt-get could not fetch it (${downloaded.reason}). ${installAdvice}`,
    };
  }
  const fresh = join(work, 'root');
  for (const file of downloaded.files) {
    const unpacked = await runCommand('dpkg-deb', ['--extract', file, fresh], {
      timeoutMilliseconds: 60_000,
    });
    if (unpacked.kind === 'failed') return { kind: 'unavailable', reason: unpacked.reason };
  }
  const tried = await serverIn(fresh);
  if (tried.kind === 'unavailable') return tried;
  await moveUnlessPresent(fresh, root);
  return await serverIn(root);
}

async function serverIn(root: string): Promise<ServerWay> {
  const program = await findProgram(serverNames, join(root, 'usr/bin'));
  if (program === undefined) return { kind: 'unavailable', reason: `no server in ${root}` };
  const libraries = await libraryFolders(root);
  const environment = {
    ...process.env,
    LD_LIBRARY_PATH: [...libraries, process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':'),
  };
  const version = await runCommand(program, ['--version'], {
    timeoutMilliseconds: 10_000,
    environment,
  });
  if (version.kind === 'failed') {
    return { kind: 'unavailable', reason: `the unpacked server does not run: ${version.reason}` };
  }
  return {
    kind: 'found',
    command: (place) => programCommand('package', program, environment, place),
  };
}

async function libraryFolders(root: string): Promise<string[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const folders = entries
    .filter((entry) => /\.so(\.|$)/.test(entry.name))
    .map((entry) => entry.parentPath);
  return [...new Set(folders)];
}

/** Two starts may unpack at once: the first to finish wins, and both use its folder. */
async function moveUnlessPresent(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  try {
    await rename(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    return false;
  }
}
