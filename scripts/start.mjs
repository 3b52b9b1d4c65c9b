// npm start: runs one prompt the whole way, with everything it needs around it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onMachine } from './on-machine.mjs';
import { root } from './run-quietly.mjs';
import { showConsole, takeOpenFlag } from './show-console.mjs';
import { complaintAboutTakenFlags } from './taken-flags.mjs';

const complaint = await complaintAboutTakenFlags();
if (complaint !== undefined) {
  process.stderr.write(`${complaint}\n`);
  process.exit(2);
}

const isOpened = takeOpenFlag();
await onMachine(
  'files',
  async (stack, signal) => {
    await showConsole(stack, isOpened);
    const journey = spawn(
      process.execPath,
      [
        '--import',
        new URL('end-with-parent.mjs', import.meta.url).href,
        join(root, 'packages/command/dist/main.js'),
        'run',
        ...process.argv.slice(2),
      ],
      {
        stdio: 'inherit',
        env: {
          ...stack.environment,
          PAWL_URL: stack.gatewayUrl,
          ...(stack.plan.sandboxTools && {
            PAWL_SANDBOX: '1',
            PAWL_SANDBOX_URL: stack.sandbox.url,
          }),
        },
      },
    );
    const end = () => journey.kill('SIGTERM');
    signal.addEventListener('abort', end);
    stack.failed.then(end);
    const [code] = await once(journey, 'exit');
    return process.exitCode || (code ?? 1);
  },
  { mayJoin: true },
);
