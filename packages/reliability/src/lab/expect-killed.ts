import { setTimeout as pause } from 'node:timers/promises';
import type { HarnessProcess } from './harness-process.ts';

/** How long a process may take to come to the point at which it dies, in milliseconds. */
const patience = 120_000;

/** Throws an Error with what the process printed if it ends otherwise, or lives on. */
export async function expectKilled(victim: HarnessProcess): Promise<void> {
  const waiting = new AbortController();
  const exit = await Promise.race([
    victim.exited,
    pause(patience, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
  if (exit?.signal === 'SIGKILL') return;
  victim.kill('SIGKILL');
  const end = exit === undefined ? 'lived on' : `ended with ${exit.signal ?? `code ${exit.code}`}`;
  throw new Error(`the process ${end}, past its trap:\n${victim.lines.join('\n')}`);
}
