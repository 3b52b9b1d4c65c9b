// npm run serve: gateway and worker in the foreground, with what is not configured beside them.
// With --open the console is opened in a browser.
import { onMachine } from './on-machine.mjs';
import { showConsole, takeOpenFlag } from './show-console.mjs';

const isOpened = takeOpenFlag();

await onMachine('terminal', async (stack, signal) => {
  const { privateRedis, sandboxTools, sandboxModel } = stack.plan;
  const company = [
    privateRedis && 'a private Redis',
    sandboxTools && 'the sandbox for Scalekit',
    sandboxModel && 'the sandbox for the model',
  ].filter(Boolean);
  const beside = company.length === 0 ? '' : ` (with ${company.join(', ')})`;
  process.stdout.write(`Pawl is ready: ${stack.environment.PUBLIC_URL}${beside}\n`);
  await showConsole(stack, isOpened);
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve);
  });
  // Ctrl-C is the way to end it, not a failure.
  return 0;
});
