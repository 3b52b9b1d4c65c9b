import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  type Assignment,
  type Order,
  type ProcessSettings,
  Report,
  settingsVariable,
} from '../processes/messages.ts';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A harness worker or gateway in a process of its own. */
export interface HarnessProcess {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  hasExited(): boolean;
  /** Everything that it has printed. */
  readonly lines: readonly string[];
  /** Answers where it listens, if it does. */
  serve(assignment: Assignment): Promise<number | undefined>;
  /** Ends what it serves as a drain does; it can serve again. */
  leave(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves once a SIGTERM has reached it: from then on it takes nothing new. */
  readonly stopping: Promise<void>;
}

/**
 * Starts a built entry of this package (Node 20 does not run TypeScript). It ends with this process.
 *
 * @throws Error with everything it printed if it ends before it is ready.
 */
export async function startHarnessProcess(
  entry: 'worker-main' | 'gateway-main',
  settings: ProcessSettings,
): Promise<HarnessProcess> {
  const file = fileURLToPath(new URL(`../../dist/processes/${entry}.js`, import.meta.url));
  const child = spawn(process.execPath, [file], {
    env: {
      PATH: process.env['PATH'],
      NODE_ENV: 'test',
      [settingsVariable]: JSON.stringify(settings),
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const exited = new Promise<ProcessExit>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
  const stopping = new Promise<void>((resolve) => {
    child.on('message', (message) => {
      if (Report.parse(message).kind === 'stopping') resolve();
    });
  });
  const ask = (order: Order | undefined) => reportOf(child, entry, { order, exited, lines });
  await ask(undefined);
  return {
    pid: Number(child.pid),
    exited,
    hasExited: () => child.exitCode !== null || child.signalCode !== null,
    lines,
    async serve(assignment) {
      const report = await ask({ kind: 'serve', assignment });
      return report.kind === 'serving' ? report.port : undefined;
    },
    async leave() {
      await ask({ kind: 'leave' });
    },
    kill: (signal) => void child.kill(signal),
    stopping,
  };
}

interface Question {
  readonly order: Order | undefined;
  readonly exited: Promise<ProcessExit>;
  readonly lines: readonly string[];
}

/** The next report, after the order if there is one: a process works on one order at a time. */
async function reportOf(
  child: ChildProcess,
  entry: string,
  { order, exited, lines }: Question,
): Promise<Report> {
  const answer = new Promise<Report>((resolve) => {
    const onMessage = (message: unknown) => {
      const report = Report.parse(message);
      if (report.kind === 'stopping') return;
      child.off('message', onMessage);
      resolve(report);
    };
    child.on('message', onMessage);
  });
  if (order !== undefined) child.send(order);
  const report = await Promise.race([
    answer,
    exited.then(({ code, signal }): Report => {
      return { kind: 'failed', reason: `it ended with ${signal ?? `code ${code}`}` };
    }),
  ]);
  if (report.kind !== 'failed') return report;
  const doing = order === undefined ? 'start' : order.kind;
  throw new Error(`${entry} failed to ${doing}: ${report.reason}\n${lines.join('\n')}`);
}

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
  throw new Error(`the process ${end}, past its failpoint:\n${victim.lines.join('\n')}`);
}

/** Looks again and again: what is found as soon as it is good, or as it is once the patience is over. In milliseconds. */
export async function lookUntil<Found>(
  look: () => Promise<Found>,
  isGood: (found: Found) => boolean,
  { patience, interval }: { readonly patience: number; readonly interval: number },
): Promise<Found> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (isGood(found) || performance.now() > deadline) return found;
    await pause(interval);
  }
}
