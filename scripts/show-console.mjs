import { say } from './progress.mjs';

/** Takes `--open` off the command line: it is for the script, and not for what the script runs. */
export function takeOpenFlag() {
  const at = process.argv.indexOf('--open');
  if (at === -1) return false;
  process.argv.splice(at, 1);
  return true;
}

/** Says where the console is, and opens it in a browser where that was asked for. */
export async function showConsole(stack, isOpened) {
  const url = `${stack.environment.PUBLIC_URL ?? stack.gatewayUrl}/`;
  say(`Console: ${url}`);
  if (!isOpened) return;
  const { openBrowser } = await import('../packages/command/dist/command/open-browser.js');
  await openBrowser(url).catch((error) => say(`No browser could be opened: ${error.message}`));
}
