import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The path of a tool that the repository's dependencies bring along. */
export function tool(name) {
  return join(root, 'node_modules/.bin', name);
}

/** Runs a program at the repository's root and collects what it prints. Never throws. */
export async function runQuietly(program, argumentList, environment = {}) {
  return await new Promise((resolve) => {
    const child = spawn(program, argumentList, {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve({ succeeded: false, output: error.message }));
    child.once('close', (code) => resolve({ succeeded: code === 0, output }));
  });
}

/** Seconds since `start` (of `performance.now()`), for people. */
export function elapsed(start) {
  return `${((performance.now() - start) / 1_000).toFixed(1)} s`;
}
