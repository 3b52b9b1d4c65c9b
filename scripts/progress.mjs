import { elapsed } from './run-quietly.mjs';

const startOfLine = process.stderr.isTTY ? '\r\u001B[K' : '';

/** Prints a line on standard error, above the line that shows progress. */
export function say(line) {
  process.stderr.write(`${startOfLine}${line}\n`);
}

/** On a terminal, shows what goes on and for how long until `action` ends; elsewhere nothing. */
export async function withProgress(text, action) {
  if (!process.stderr.isTTY) return await action();
  const start = performance.now();
  const show = () => process.stderr.write(`${startOfLine}${text} … ${elapsed(start)}`);
  const timer = setInterval(show, 100);
  show();
  try {
    return await action();
  } finally {
    clearInterval(timer);
    process.stderr.write(startOfLine);
  }
}
