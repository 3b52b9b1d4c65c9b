// Makes a checkout ready to run: the right Node, dependencies, a build. Needs nothing but Node.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { withLock } from './lock.mjs';
import { runNpm } from './npm.mjs';
import { say, withProgress } from './progress.mjs';
import { elapsed, root, runQuietly, tool } from './run-quietly.mjs';

/**
 * Checks Node, installs the dependencies if they are missing or older than the lock file, and
 * builds what has changed. Says on standard error what takes time.
 *
 * @throws Error with a sentence, after what the failed program printed.
 */
export async function prepare() {
  checkNode();
  await withLock(join(root, '.pawl/prepare.lock'), async () => {
    if (!isInstalled()) await install();
    await build();
  });
}

function checkNode() {
  const { engines } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const required = engines.node.replace('>=', '');
  const [major, minor] = required.split('.').map(Number);
  const [ourMajor, ourMinor] = process.versions.node.split('.').map(Number);
  if (ourMajor > major || (ourMajor === major && ourMinor >= minor)) return;
  throw new Error(
    `Pawl needs Node.js ${required} or later, and this is ${process.versions.node}. ` +
      'Install it from nodejs.org, or with nvm: nvm install',
  );
}

/**
 * npm writes this file last, so a broken-off installation does not count; nor does one for
 * production, which lacks the build tools.
 */
function isInstalled() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed) || !existsSync(tool('turbo'))) return false;
  return statSync(installed).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
}

async function install() {
  const start = performance.now();
  // The build tools are development dependencies, which NODE_ENV=production would leave out.
  const argumentList = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const { succeeded, output } = await withProgress('Installing the dependencies', () =>
    runNpm(argumentList),
  );
  if (!succeeded) throw new Error(`${output}\nThe dependencies could not be installed: see above.`);
  say(`The dependencies are installed (npm ci, ${elapsed(start)}).`);
}

async function build() {
  const { succeeded, output } = await withProgress('Building', () =>
    runQuietly(
      tool('turbo'),
      ['run', 'build', '--output-logs=errors-only', '--no-update-notifier'],
      { TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' },
    ),
  );
  if (!succeeded) throw new Error(`${output}\nThe build failed: see above.`);
}

const [, program] = process.argv;
if (program !== undefined && import.meta.url === pathToFileURL(program).href) {
  await prepare().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
