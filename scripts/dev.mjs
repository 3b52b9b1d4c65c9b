// npm run dev: npm run serve, built and started again whenever a source file changes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepare } from './prepare.mjs';
import { say } from './progress.mjs';
import { root } from './run-quietly.mjs';

/** Editors and git write many files at once, in milliseconds. */
const quietMilliseconds = 200;

await import('./end-with-parent.mjs');

const serve = fileURLToPath(new URL('serve.mjs', import.meta.url));
const interruption = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => interruption.abort());
}

let changed = deferred();
let timer;
for (const folder of ['packages', 'services']) {
  watch(join(root, folder), { recursive: true, signal: interruption.signal }, (_event, file) => {
    if (file === null || !isSource(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => changed.resolve(), quietMilliseconds);
  });
}

let server;
while (!interruption.signal.aborted) {
  if (await isBuilt()) {
    await stop();
    server = spawn(process.execPath, [serve], { stdio: 'inherit' });
  }
  await Promise.race([changed.promise, aborted()]);
  changed = deferred();
}
await stop();

function deferred() {
  let resolve;
  const promise = new Promise((resolvePromise) => {
    resolve = resolvePromise;
  });
  return { promise, resolve };
}

/** What ends up in a build, or is read from it: a test does not. */
function isSource(file) {
  return /[/\\](src|lua)[/\\]/.test(file) && !file.endsWith('.test.ts');
}

/** False: what runs goes on running, and the next change is waited for. */
async function isBuilt() {
  try {
    await prepare();
    return true;
  } catch (error) {
    say(error.message);
    return false;
  }
}

async function stop() {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const exit = once(server, 'exit');
  server.kill('SIGTERM');
  await exit;
}

async function aborted() {
  if (!interruption.signal.aborted) await once(interruption.signal, 'abort');
}
