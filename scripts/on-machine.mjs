import { join } from 'node:path';
import { listenForStop, signalExitCodes } from '../packages/runtime/signals/stop-signals.mjs';
import { prepare } from './prepare.mjs';
import { say, withProgress } from './progress.mjs';
import { root } from './run-quietly.mjs';

/** Where `npm run serve` keeps what it keeps. */
const directory = join(root, '.pawl');

/**
 * Prepares the checkout, starts the local stack, and runs `use` with it: its result is the exit code.
 * Everything is stopped afterwards, also when a signal comes or a part of the local stack ends by
 * itself; both abort the signal that `use` gets. A second signal ends this process at once, and the
 * stack's processes with it.
 *
 * With `mayJoin`, a local stack that runs already is used, and goes on afterwards.
 */
export async function onMachine(logs, use, { mayJoin = false } = {}) {
  await import('./end-with-parent.mjs');
  const interruption = new AbortController();
  listenForStop({
    signals: Object.keys(signalExitCodes),
    first(name) {
      process.exitCode = signalExitCodes[name];
      interruption.abort(new Error(`Stopped by ${name}.`));
    },
    again: (name) => process.exit(signalExitCodes[name]),
  });
  try {
    await prepare();
    interruption.signal.throwIfAborted();
    process.exitCode = await withStack({ logs, mayJoin }, interruption, use);
  } catch (error) {
    if (!interruption.signal.aborted) process.stderr.write(`${error.message}\n`);
    process.exitCode ||= 1;
  }
}

async function withStack({ logs, mayJoin }, interruption, use) {
  const { DirectoryInUseError, runningStack, startLocalStack } =
    await import('../packages/development/local-stack/dist/index.js');
  const useRunning = async (error) => {
    if (!mayJoin || !(error instanceof DirectoryInUseError)) throw error;
    const running = await runningStack(directory);
    if (running === undefined) throw error;
    say(`Pawl runs already: this goes to ${running.gatewayUrl}.`);
    return joined(running);
  };
  const stack = await withProgress('Starting Pawl', () =>
    startLocalStack({
      repositoryRoot: root,
      environment: process.env,
      logs,
      say,
      signal: interruption.signal,
    }).catch(useRunning),
  );
  try {
    const failure = stack.failed.then((reason) => {
      throw new Error(reason);
    });
    return await Promise.race([use(stack, interruption.signal), failure]);
  } finally {
    await stack.stop();
  }
}

/** Another process's stack, for whoever would have started one. */
async function joined({ gatewayUrl, plan, sandboxUrl }) {
  const { withEnvironmentFile } = await import('../packages/runtime/dist/environment.js');
  return {
    gatewayUrl,
    plan,
    sandbox: sandboxUrl && { url: sandboxUrl },
    environment: withEnvironmentFile(process.env, root),
    failed: new Promise(() => {}),
    stop: async () => {},
  };
}
