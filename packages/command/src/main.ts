#!/usr/bin/env node
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { openBrowser } from './command/open-browser.ts';
import { runCommand } from './command/run-command.ts';

const CLOSED_PIPE_EXIT_CODE = 141;

// `pawl run | head -1`: nobody reads any more, which is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(CLOSED_PIPE_EXIT_CODE);
});

process.exitCode = await runCommand(process.argv.slice(2), {
  environment: process.env,
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  fetch: globalThis.fetch,
  now: Date.now,
  openBrowser,
  exit: (code) => process.exit(code),
  readInput: () => text(process.stdin),
  readsEnvironmentFile: true,
});
