import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../src/private-redis/server-command.ts';

const run = promisify(execFile);

/**
 * A Debian repository in a folder, which holds this machine's Redis under the names of Debian's packages. Answers the
 * file for APT_CONFIG that lets apt-get know no other: no mirror, no network.
 */
export async function makeLocalRepository(
  directory: string,
  packageDirectory: string,
): Promise<string> {
  const tree = join(directory, 'redis-server');
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await copyServer(tree, join(packageDirectory, 'redis'));
  await mkdir(join(directory, 'redis-tools'));
  const entries = [];
  for (const name of ['redis-server', 'redis-tools']) entries.push(await build(directory, name));
  await writeFile(join(directory, 'Packages'), entries.join('\n'));
  await writeFile(join(directory, 'sources.list'), `deb [trusted=yes] file:${directory} ./\n`);
  await mkdir(join(directory, 'lists/partial'), { recursive: true });
  const configuration = join(directory, 'apt.conf');
  await writeFile(
    configuration,
    `Dir::Etc::sourcelist "${directory}/sources.list";
Dir::Etc::sourceparts "-";
Dir::State::lists "${directory}/lists/";
APT::Sandbox::User "root";
`,
  );
  return configuration;
}

/** What an earlier run has unpacked goes as it is; a program of the system is only called. */
async function copyServer(tree: string, unpacked: string): Promise<void> {
  if (await exists(unpacked)) {
    await cp(unpacked, tree, { recursive: true, verbatimSymlinks: true });
    return;
  }
  const program = await findProgram(['redis-server', 'valkey-server'], process.env['PATH']);
  const script = `#!/bin/sh\nexec ${program} "$@"\n`;
  await writeFile(join(tree, 'usr/bin/redis-server'), script, { mode: 0o755 });
}

/** Answers the package's entry in the list of the repository. */
async function build(directory: string, name: string): Promise<string> {
  const control = `Package: ${name}
Version: 99:1
Architecture: all
Maintainer: nobody <nobody@example.com>
Description: for a test
`;
  await mkdir(join(directory, name, 'DEBIAN'));
  await writeFile(join(directory, name, 'DEBIAN/control'), control);
  const file = join(directory, `${name}.deb`);
  await run('dpkg-deb', ['--root-owner-group', '--build', join(directory, name), file]);
  const content = await readFile(file);
  const digest = createHash('sha256').update(content).digest('hex');
  return `${control}Filename: ./${name}.deb\nSize: ${content.length}\nSHA256: ${digest}\n`;
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
