import { runNpm } from './npm.mjs';

const valued = ['connection', 'user', 'model', 'conversation'];
const flags = [...valued, 'json', 'open', 'open-in-browser'];

/**
 * What to say when npm took flags of npm start for its own, since they stand before "--": their
 * values would be words of the prompt. Undefined when it took none.
 */
export async function complaintAboutTakenFlags() {
  const isTaken = await Promise.all(flags.map(tookFromCommandLine));
  const taken = flags.filter((_, index) => isTaken[index]);
  if (taken.length === 0) return undefined;
  const words = taken.map((flag) => (valued.includes(flag) ? `--${flag} …` : `--${flag}`));
  return (
    `npm took ${taken.map((flag) => `--${flag}`).join(', ')} for itself. Put -- before the flags:\n` +
    `  npm start -- "…" ${words.join(' ')}\n` +
    `(Or, if your npm is configured so, unset ${taken.map(variableOf).join(', ')}.)`
  );
}

/** npm hands on in the same variables what its own files say, such as the "user" of older ones. */
async function tookFromCommandLine(flag) {
  const value = process.env[variableOf(flag)] ?? '';
  if (value === '') return false;
  const { output } = await runNpm(['config', 'get', flag, '--loglevel=silent'], {
    [variableOf(flag)]: undefined,
  });
  return output.trim() !== value;
}

function variableOf(flag) {
  return `npm_config_${flag.replaceAll('-', '_')}`;
}
