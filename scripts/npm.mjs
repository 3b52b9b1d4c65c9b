import { runQuietly } from './run-quietly.mjs';

/** Runs the npm that runs this script, or else the one on the PATH. Never throws. */
export async function runNpm(argumentList, environment = {}) {
  const { npm_execpath: npm } = process.env;
  return npm === undefined
    ? await runQuietly('npm', argumentList, environment)
    : await runQuietly(process.execPath, [npm, ...argumentList], environment);
}
