import {
  createPawlClient,
  type JobRequest,
  type PawlClient,
  type RetrySettings,
} from '@pawl/client';
import type { SignalSource } from '@pawl/runtime/stop-signals';
import { CommanderError } from 'commander';
import type { CommandContext, CommonOptions } from '../commands/context.ts';
import type { LinkHandling } from '../journey/authorize.ts';
import { plainJson, plainText } from '../journey/lines.ts';
import { type Output, plainReporter, styled, terminalReporter } from '../journey/reporter.ts';
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
  /** What stdin holds, as text. */
  readonly readInput: () => Promise<string>;
  /** Whether `.env` of the checkout counts for the doctor. */
  readonly readsEnvironmentFile: boolean;
  readonly retry?: Partial<RetrySettings>;
}

/** Runs the `pawl` command with the words after its name. Returns its exit code; never throws. */
export async function runCommand(words: readonly string[], host: Host): Promise<number> {
  let exitCode: number = endingExitCodes.completed;
  const opened: Opened[] = [];
  const program = createProgram({
    run: async (runArguments) => {
      exitCode = await run(runArguments, host);
    },
    open: (options) => {
      const context = openContext(options, host);
      opened.push(context);
      return context.context;
    },
    diagnose: async ({ client, signal }, { url }) => {
      const { environment, readsEnvironmentFile, fetch, now } = host;
      const gatewayUrl = url ?? readEnvironment(environment).url;
      // Only here, since it brings all that the services talk with.
      const { diagnose } = await import('../doctor/diagnose.ts');
      return diagnose({
        client,
        gatewayUrl,
        environment,
        readsEnvironmentFile,
        fetch,
        now,
        signal,
      });
    },
    onProblem: () => {
      exitCode = exitCodes.commandFailed;
    },
    writeOut: (text) => host.stdout.write(text),
    writeErr: (text) => host.stderr.write(text),
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return exitCode;
  } catch (error) {
    const interrupted = opened.map(({ interrupt }) => interrupt.exitCode()).find(Boolean);
    if (interrupted !== undefined) return interrupted;
    // Commander has said on stderr what is wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
    host.stderr.write(`${plainText(explainError(error))}\n`);
    return error instanceof UsageError ? exitCodes.usage : exitCodes.commandFailed;
  } finally {
    for (const { interrupt } of opened) interrupt.stopListening();
  }
}

interface Opened {
  readonly context: CommandContext;
  readonly interrupt: ReturnType<typeof listenForInterrupt>;
}

/** What a command other than `run` works with: Ctrl-C ends it, and leaves alone what the gateway does. */
function openContext(options: CommonOptions, host: Host): Opened {
  const { stdout, signals, now, exit, readInput } = host;
  const { json = false } = options;
  const client = clientFor(options.url, readEnvironment(host.environment), host);
  const interrupt = listenForInterrupt({ signals, now, leave: exit });
  const hasColors = stdout.isTTY === true && (stdout.hasColors?.() ?? false);
  return {
    interrupt,
    context: {
      client,
      json,
      signal: interrupt.signal,
      readInput,
      write: (text) => void stdout.write(text),
      print: (lines) => {
        for (const line of lines) stdout.write(`${styled(line, hasColors)}\n`);
      },
    },
  };
}

async function run(runArguments: RunArguments, host: Host): Promise<number> {
  const environment = readEnvironment(host.environment);
  const client = clientFor(runArguments.url, environment, host);
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
  url: string | undefined,
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
