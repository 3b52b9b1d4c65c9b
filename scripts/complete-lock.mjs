// Completes package-lock.json with the registry's own entries. `npm install` leaves out of it the
// builds for other platforms of packages with native code; without them `npm ci` refuses the file,
// and on another platform the tools lack their binary.
// Run it after adding a dependency: node scripts/complete-lock.mjs
// With --check it changes nothing, asks nobody, and fails where an entry is missing or has no checksum.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runNpm } from './npm.mjs';
import { root } from './run-quietly.mjs';

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const incomplete = [...absent(), ...withoutChecksum()];

if (process.argv.includes('--check')) {
  if (incomplete.length > 0) {
    const names = incomplete.map(({ name, version }) => `  ${name}@${version}`);
    process.stdout.write(
      `package-lock.json lacks the registry's entry of:\n${names.join('\n')}\n` +
        'Run node scripts/complete-lock.mjs\n',
    );
    process.exitCode = 1;
  }
} else {
  for (const { path, name, version, isDevelopment } of incomplete) {
    lock.packages[path] = await publishedEntry(name, version, isDevelopment);
  }
  const packages = Object.entries(lock.packages);
  packages.sort(([one], [other]) => one.localeCompare(other, 'en'));
  lock.packages = Object.fromEntries(packages);
  writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
  process.stdout.write(`${incomplete.length} entries of package-lock.json completed.\n`);
}

/** Optional dependencies that have no entry. */
function absent() {
  const paths = Object.keys(lock.packages);
  return Object.values(lock.packages).flatMap((parent) =>
    Object.entries(parent.optionalDependencies ?? {})
      .filter(([name]) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))
      .map(([name, version]) => ({
        path: `node_modules/${name}`,
        name,
        version,
        isDevelopment: parent.dev === true,
      })),
  );
}

/** Entries that cannot be verified when they are installed. The workspaces' own are links. */
function withoutChecksum() {
  return Object.entries(lock.packages)
    .filter(
      ([path, entry]) =>
        path.includes('node_modules/') &&
        !entry.link &&
        !entry.inBundle &&
        entry.integrity === undefined,
    )
    .map(([path, { version, dev }]) => ({
      path,
      name: path.split('node_modules/').at(-1),
      version,
      isDevelopment: dev === true,
    }));
}

/**
 * The entry that npm itself writes for an optional package, from what the registry has published.
 *
 * @throws Error when the registry does not have exactly this version.
 */
async function publishedEntry(name, version, isDevelopment) {
  const { succeeded, output } = await runNpm([
    'view',
    `${name}@${version}`,
    '--json',
    '--loglevel=silent',
  ]);
  const manifest = succeeded ? JSON.parse(output) : undefined;
  if (manifest?.dist?.integrity === undefined || manifest.version !== version) {
    throw new Error(
      `The registry has no ${name}@${version}: pin another version of what needs it.`,
    );
  }
  const { cpu, libc, license, os, engines } = manifest;
  return {
    version,
    integrity: manifest.dist.integrity,
    ...(cpu && { cpu: [cpu].flat() }),
    ...(isDevelopment && { dev: true }),
    ...(libc && { libc: [libc].flat() }),
    ...(license && { license }),
    optional: true,
    ...(os && { os: [os].flat() }),
    ...(engines && { engines }),
  };
}
