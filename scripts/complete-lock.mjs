// Puts back into package-lock.json what `npm install` leaves out of it: the builds for other
// platforms of packages with native code, where the registry at hand does not carry them. Without
// these entries `npm ci` refuses the file, and on another platform the tools lack their binary.
// Run it after adding a dependency: node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run-quietly.mjs';

const systems = new Set(['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']);
const processors = new Set(['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']);
const npmNames = { windows: 'win32', 64: 'x64' };

const file = join(root, 'package-lock.json');
const lock = JSON.parse(readFileSync(file, 'utf8'));
const missing = Object.values(lock.packages).flatMap((parent) =>
  Object.entries(parent.optionalDependencies ?? {})
    .filter(([name]) => !isLocked(name))
    .map(([name, version]) => [`node_modules/${name}`, platformEntry(name, version, parent)]),
);
const packages = Object.entries({ ...lock.packages, ...Object.fromEntries(missing) });
packages.sort(([one], [other]) => one.localeCompare(other, 'en'));
lock.packages = Object.fromEntries(packages);
writeFileSync(file, `${JSON.stringify(lock, undefined, 2)}\n`);
process.stdout.write(`${missing.length} entries added to package-lock.json.\n`);

function isLocked(name) {
  return Object.keys(lock.packages).some((path) => path.endsWith(`node_modules/${name}`));
}

/** What the package's own manifest would say, read off its name: "@oxlint/binding-darwin-arm64". */
function platformEntry(name, version, parent) {
  if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error(`${name} is not pinned: ${version}`);
  const parts = name
    .split('/')
    .at(-1)
    .split('-')
    .map((part) => npmNames[part] ?? part);
  const os = parts.find((part) => systems.has(part));
  const cpu = parts.find((part) => processors.has(part));
  if (os === undefined || cpu === undefined) throw new Error(`${name} names no known platform.`);
  const libc = parts.some((part) => part.startsWith('musl')) ? 'musl' : 'glibc';
  return {
    version,
    cpu: [cpu],
    ...(parent.dev && { dev: true }),
    ...(os === 'linux' && parts.length > 3 && { libc: [libc] }),
    license: parent.license,
    optional: true,
    os: [os],
  };
}
