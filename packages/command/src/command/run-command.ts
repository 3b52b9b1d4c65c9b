import {
  createPawlClient,
  type JobRequest,
  type PawlClient,
  type RetrySettings,
} from '@pawl/client';
import type { SignalSource } from '@pawl/runtime/stop-signals';
import { CommanderError } from 'commander';
import type { LinkHandling } from '../journey/authorize.ts';
import { plainJson, plainText } from '../journey/lines.ts';
import { type Output, plainReporter, terminalReporter } from '../journey/reporter.ts';
import { runJourney } from '../journey/run-journey.ts';
import { followLink } from '../sandbox-link/follow-link.ts';
import { type CommandEnvironment, type EnvironmentSource, readEnvironment } from './env.ts';
import { endingExitCodes, exitCodes, explainError, UsageError } from './errors.ts';
import { listenForInterrupt } from './interrupt.ts';
import { createProgram, type RunArguments } from './program.ts';

/** The process as the command sees it. */
export interface Host {
  readonly environment: EnvironmentSource;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly signals: SignalSource;
  readonly fetch: typeof globalThis.fetch;
  /** Milliseconds. */
  readonly now: () => number;
  readonly openBrowser: (link: string) => Promise<void>;
  /** Ends the process without waiting for anything. */
  readonly exit: (code: number) => void;
  readonly retry?: Partial<RetrySettings>;
}

/** Runs the `pawl` command with the words after its name. Returns its exit code; never throws. */
export async function runCommand(words: readonly string[], host: Host): Promise<number> {
  let exitCode: number = endingExitCodes.completed;
  const program = createProgram({
    run: async (runArguments) => {
      exitCode = await run(runArguments, host);
    },
    writeOut: (text) => host.stdout.write(text),
    writeErr: (text) => host.stderr.write(text),
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    // Commander has said on stderr what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    host.stderr.write(`${plainText(explainError(error))}\n`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.commandFailed;
  }
}

async function run(runArguments: RunArguments, host: Host): Promise<number> {
  const environment = readEnvironment(host.environment);
  const client = clientFor(runArguments, environment, host);
  const output = runArguments.json ? host.stderr : host.stdout;
  const isAnimated = output.isTTY === true && environment.canAnimate;
  const reporter = isAnimated ? terminalReporter(output, host.now) : plainReporter(output);
  const interrupt = listenForInterrupt({
    signals: host.signals,
    now: host.now,
    leave: (exitCode) => {
      reporter.stop();
      host.exit(exitCode);
    },
  });
  try {
    const outcome = await runJourney(toRequest(runArguments, environment), {
      client,
      reporter,
      links: linkHandling(runArguments, environment, host),
      interrupt: interrupt.signal,
    });
    const { job, steps } = outcome.snapshot;
    if (runArguments.json) host.stdout.write(`${plainJson({ ...job, steps }, 2)}\n`);
    if (outcome.kind === 'ended') return endingExitCodes[outcome.status];
    return interrupt.exitCode() ?? exitCodes.commandFailed;
  } finally {
    interrupt.stopListening();
  }
}

function clientFor(
  { url }: RunArguments,
  environment: CommandEnvironment,
  { fetch, retry }: Host,
): PawlClient {
  const { apiKey } = environment;
  try {
    const baseUrl = url ?? environment.url;
    return createPawlClient({ baseUrl, apiKey, fetch, ...(retry && { retry }) });
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error;
  }
}

function toRequest(
  { prompt, connections, user, model, conversation }: RunArguments,
  environment: CommandEnvironment,
): JobRequest {
  return {
    prompt: prompt ?? environment.prompt,
    ...(connections && { connections: [...connections] }),
    ...(user !== undefined && { user }),
    ...(model !== undefined && { model }),
    ...(conversation !== undefined && { conversation }),
  };
}

function linkHandling(
  { openInBrowser }: RunArguments,
  { sandboxUrl }: CommandEnvironment,
  { fetch, openBrowser }: Host,
): LinkHandling {
  if (openInBrowser) return { kind: 'open_browser', open: openBrowser };
  if (sandboxUrl === undefined) return { kind: 'wait_for_person' };
  return {
    kind: 'follow_by_itself',
    follow: (link, signal) => followLink(link, { sandboxUrl, fetch, signal }),
  };
}
