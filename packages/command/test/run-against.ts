import { EventEmitter } from 'node:events';
import type { Host } from '../src/command/run-command.ts';
import { runCommand } from '../src/command/run-command.ts';
import { Recording, type FakeTerminal } from './fake-terminal.ts';

export interface RunOptions {
  readonly words?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly stdout?: FakeTerminal;
  readonly now?: () => number;
  readonly openBrowser?: (link: string) => Promise<void>;
  /** What stdin holds. */
  readonly input?: string;
}

export interface Run {
  readonly exitCode: Promise<number>;
  readonly stdout: Recording;
  readonly stderr: Recording;
  readonly signals: EventEmitter;
  /** The exit codes with which the process would have been left at once. */
  readonly left: readonly number[];
}

/** Starts `pawl run` against a gateway, in this process. Repeats come without a pause. */
export function runAgainst(gateway: string, options: RunOptions = {}): Run {
  return startAgainst(gateway, ['run', ...(options.words ?? ['Fetch my mails.'])], options);
}

/** Starts any command against a gateway, in this process. */
export function startAgainst(
  gateway: string,
  words: readonly string[],
  options: Omit<RunOptions, 'words'> = {},
): Run {
  const left: number[] = [];
  const stdout = options.stdout ?? new Recording();
  const stderr = new Recording();
  const signals = new EventEmitter();
  const host: Host = {
    environment: { PAWL_URL: gateway, ...options.environment },
    stdout,
    stderr,
    signals,
    fetch: globalThis.fetch,
    now: options.now ?? Date.now,
    openBrowser: options.openBrowser ?? (() => Promise.reject(new Error('no browser expected'))),
    exit: (code) => left.push(code),
    readsEnvironmentFile: false,
    readInput: () => Promise.resolve(options.input ?? ''),
    retry: { retries: 3, firstPauseMilliseconds: 1, longestPauseMilliseconds: 1 },
  };
  const exitCode = runCommand(words, host);
  return { exitCode, stdout, stderr, signals, left };
}
