// npm run release: moves the files of .changeset/ into CHANGELOG.md and raises the version.
// Changesets versions workspaces, and Pawl is released as a whole. So it runs in a folder in which the root
// is the only workspace, and what it wrote is copied back.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, tool } from './run-quietly.mjs';

const folder = mkdtempSync(join(tmpdir(), 'pawl-release-'));
try {
  cpSync(join(root, '.changeset'), join(folder, '.changeset'), { recursive: true });
  if (existsSync(join(root, 'CHANGELOG.md'))) {
    cpSync(join(root, 'CHANGELOG.md'), join(folder, 'CHANGELOG.md'));
  }
  const manifest = readManifest(root);
  const { name, version } = manifest;
  writeManifest(folder, { name, version, private: true, workspaces: ['.'] });
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  const { status } = spawnSync(tool('changeset'), ['version'], { cwd: folder, stdio: 'inherit' });
  if (status !== 0) throw new Error('Nothing was released: see above.');
  const next = readManifest(folder).version;
  if (next !== version) {
    writeManifest(root, { ...manifest, version: next });
    cpSync(join(folder, 'CHANGELOG.md'), join(root, 'CHANGELOG.md'));
    rmSync(join(root, '.changeset'), { recursive: true });
    cpSync(join(folder, '.changeset'), join(root, '.changeset'), { recursive: true });
  }
  process.stdout.write(`${name} ${version} → ${next}\n`);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readManifest(directory) {
  return JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
}

function writeManifest(directory, manifest) {
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
