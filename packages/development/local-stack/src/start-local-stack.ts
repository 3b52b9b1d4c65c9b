import { join } from 'node:path';
import { EnvironmentError, type EnvironmentSource, withEnvironmentFile } from '@pawl/runtime';
import { openLogFile, terminalSink } from './log-file.ts';
import { chooseGatewayPort } from './ports.ts';
import { announceStack } from './running-stack.ts';
import { startPrivateRedis } from './private-redis/start-private-redis.ts';
import { environmentProblems } from './problems.ts';
import { gatewayUrl, serviceEnvironment } from './service-environment.ts';
import { type PartSettings, type StackPart, startPart } from './stack-part.ts';
import { planStack, type StackPlan, stackProblems } from './stack-plan.ts';
import { type SandboxAccess, startSandboxPart } from './start-sandbox-part.ts';
import { waitForRedis, waitUntilReady } from './wait.ts';

export interface LocalStackSettings {
  readonly repositoryRoot: string;
  /** Where Redis keeps its data and logs are written; default: `.pawl/` at the root. */
  readonly directory?: string;
  /** Completed by the root's `.env` in development. */
  readonly environment: EnvironmentSource;
  /** `files` under `logs/` of the directory, or the `terminal`'s standard error. */
  readonly logs: 'files' | 'terminal';
  /** Told what takes time, one sentence a call. */
  readonly say: (line: string) => void;
  /** Gives up starting, and stops what was started. */
  readonly signal: AbortSignal;
}

export interface LocalStack {
  /** How this machine reaches the gateway. */
  readonly gatewayUrl: string;
  /** What stands in for something that is not configured. */
  readonly plan: StackPlan;
  readonly sandbox: SandboxAccess | undefined;
  /** The environment that gateway and worker run with. */
  readonly environment: NodeJS.ProcessEnv;
  /** Resolves with a sentence and the end of its log when a part ends by itself. */
  readonly failed: Promise<string>;
  /** Stops gateway, worker, sandbox and Redis in this order; resolves once all have ended. */
  readonly stop: () => Promise<void>;
}

const redisTimeoutMilliseconds = 10_000;
const readyTimeoutMilliseconds = 60_000;

/**
 * Runs Pawl on this machine: gateway and worker as processes of their own, with a private Redis and
 * the sandbox for whatever is not configured. Everything ends with this process, even if it is
 * killed.
 *
 * @throws EnvironmentError with every problem of the environment at once; DirectoryInUseError if the local stack runs
 * already; Error with the end of a part's log if it does not start.
 */
export async function startLocalStack(settings: LocalStackSettings): Promise<LocalStack> {
  const { repositoryRoot, signal } = settings;
  const environment = withEnvironmentFile(settings.environment, repositoryRoot);
  const host = environment['HOST']?.trim() || '127.0.0.1';
  const parts: StackPart[] = [];
  const stop = async (): Promise<void> => {
    // The last one started is the first to stop: what it needs is still there meanwhile.
    for (const part of parts.toReversed()) await part.stop();
  };
  try {
    return await startParts({ ...settings, environment, host }, parts, stop);
  } catch (error) {
    await stop();
    if (signal.aborted) throw error;
    // Whatever failed first tells its own part of these alone.
    const problems = await environmentProblems(environment, { repositoryRoot, host }).catch(
      () => [],
    );
    throw problems.length > 0 ? new EnvironmentError(problems) : error;
  }
}

async function startParts(
  settings: LocalStackSettings & { readonly host: string },
  parts: StackPart[],
  stop: () => Promise<void>,
): Promise<LocalStack> {
  const { repositoryRoot, environment, host, logs, say, signal } = settings;
  const { directory = join(repositoryRoot, '.pawl') } = settings;
  const problems = stackProblems(environment);
  if (problems.length > 0) throw new EnvironmentError(problems);
  const plan = planStack(environment);
  const port = await chooseGatewayPort(environment['PORT'], host);
  const redisUrl = plan.privateRedis ? await addRedis(directory, parts, say) : undefined;
  if (!plan.privateRedis) {
    await waitForRedis(environment['REDIS_URL'] ?? '', {
      timeoutMilliseconds: redisTimeoutMilliseconds,
      say,
      signal,
    });
  }
  signal.throwIfAborted();

  const settingsOf = async (name: string, entry: string): Promise<PartSettings> => {
    const log = logs === 'files' ? await openLogFile(join(directory, 'logs'), name) : terminalSink;
    return { name, entry, repositoryRoot, environment: { ...environment }, log };
  };
  let sandbox: SandboxAccess | undefined;
  if (plan.sandboxTools || plan.sandboxModel) {
    const started = await startSandboxPart(
      await settingsOf('sandbox', 'packages/development/sandbox/dist/main.js'),
    );
    parts.push(started.part);
    sandbox = started.access;
  }
  signal.throwIfAborted();

  const services = serviceEnvironment(environment, { plan, redisUrl, sandbox, host, port });
  for (const name of ['worker', 'gateway'] as const) {
    const part = await settingsOf(name, `services/${name}/dist/main.js`);
    parts.push(startPart({ ...part, environment: services }));
  }
  const failed = Promise.race(parts.map((part) => part.exited));
  const url = gatewayUrl(host, port);
  await readyOrFailed(url, failed, signal);
  if (plan.privateRedis) {
    const found = { gatewayUrl: url, plan, sandboxUrl: sandbox?.url };
    const takeBack = await announceStack(directory, found);
    // The last part is the first to stop.
    parts.push({ name: 'announcement', exited: new Promise(() => undefined), stop: takeBack });
  }
  return { gatewayUrl: url, plan, sandbox, environment: services, failed, stop };
}

async function addRedis(
  directory: string,
  parts: StackPart[],
  say: (line: string) => void,
): Promise<string> {
  const redis = await startPrivateRedis({ directory, log: say });
  parts.push({
    name: 'Redis',
    exited: redis.exited.then((reason) => `The private Redis ended: ${reason}`),
    stop: redis.stop,
  });
  return redis.url;
}

async function readyOrFailed(
  url: string,
  failed: Promise<string>,
  signal: AbortSignal,
): Promise<void> {
  const giveUp = new AbortController();
  try {
    await Promise.race([
      waitUntilReady(url, {
        timeoutMilliseconds: readyTimeoutMilliseconds,
        signal: AbortSignal.any([signal, giveUp.signal]),
      }),
      failed.then((reason) => {
        throw new Error(reason);
      }),
    ]);
  } finally {
    giveUp.abort();
  }
}
