import * as require_fs from 'node:fs';
import {} from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { spawnWithParent } from '@pawl/local-stack';
/** As the image and the scripts of package.json start the services. */
const serviceFlags = ['--max-semi-space-size=64', '--trace-gc'];
const keptLines = 50;
const patience = 10_000;
/** Starts a program that ends with this process. Throws an Error with what it printed if it ends before it is ready. */
export async function startProgram(settings) {
  const child = spawnWithParent(settings.program, settings.arguments, {
    directory: settings.directory,
    environment: { PATH: process.env['PATH'], NODE_ENV: 'production', ...settings.environment },
    output: 'pipe',
    errorOutput: 'pipe',
  });
  const ended = once(child, 'close');
  const lines = [];
  const ready = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        if (/ms: /.test(line)) {
          require_fs.appendFileSync('/tmp/sp/gc.log', line + '\n');
        }
        if (lines.length > keptLines) lines.shift();
        if (settings.isReady.test(line)) resolve(line);
      });
    }
  });
  const failed = ended.then(() => {
    throw new Error(`${settings.program} ended:\n${lines.join('\n')}`);
  });
  failed.catch(() => undefined);
  const line = await Promise.race([ready, failed]);
  return {
    pid: child.pid ?? 0,
    ready: line,
    async stop() {
      const timer = setTimeout(() => child.kill('SIGKILL'), patience);
      child.kill('SIGTERM');
      await ended;
      clearTimeout(timer);
    },
  };
}
/** Starts one of this package's programs, built. */
export function startOwnProgram(name, environment, place) {
  const file = fileURLToPath(new URL(`../dist/programs/${name}.js`, import.meta.url));
  return startNode(file, environment, place);
}
/** Starts a built service of the repository. */
export function startService(name, environment, place) {
  return startNode(join(place.root, 'services', name, 'dist/main.js'), environment, place);
}
function startNode(file, environment, { directory, profiles }) {
  return startProgram({
    program: process.execPath,
    arguments: [
      ...serviceFlags,
      ...(profiles === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profiles}`]),
      file,
    ],
    environment: { LOG_LEVEL: 'info', ...environment },
    directory,
    isReady: /is ready|is listening/,
  });
}
//# sourceMappingURL=start-program.js.map
