import { listenForStop, signalExitCodes } from '../packages/runtime/signals/stop-signals.mjs';
import { prepare } from './prepare.mjs';
import { say, withProgress } from './progress.mjs';
import { root } from './run-quietly.mjs';

/**
 * Prepares the checkout, starts the local stack, and runs `use` with it: its result is the exit code.
 * Everything is stopped afterwards, also when a signal comes or a part of the local stack ends by
 * itself; both abort the signal that `use` gets. A second signal ends this process at once, and the
 * stack's processes with it.
 */
export async function onMachine(logs, use) {
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
    process.exitCode = await withStack(logs, interruption, use);
  } catch (error) {
    if (!interruption.signal.aborted) process.stderr.write(`${error.message}\n`);
    process.exitCode ||= 1;
  }
}

async function withStack(logs, interruption, use) {
  const { startLocalStack } = await import('../packages/development/local-stack/dist/index.js');
  const stack = await withProgress('Starting Pawl', () =>
    startLocalStack({
      repositoryRoot: root,
      environment: process.env,
      logs,
      say,
      signal: interruption.signal,
    }),
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
