import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startAgainst } from './run-against.ts';

const execute = promisify(execFile);

/** What bash offers for the words before the cursor; the last one is being typed. */
async function offered(words: readonly string[]): Promise<string[]> {
  const run = startAgainst('http://127.0.0.1:9', ['completion', 'bash']);
  expect(await run.exitCode).toBe(0);
  const program = `${run.stdout.text}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})
COMP_CWORD=${words.length - 1}
_pawl
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await execute('bash', ['-c', program]);
  return stdout.trim().split('\n');
}

test.each([
  [['pawl', 'jo'], ['jobs']],
  [['pawl', 'jobs', 'c'], ['cancel']],
  [['pawl', 'jobs', 'list', '--sta'], ['--status']],
  [['pawl', 'watch', 'job_0_a', '--del'], ['--deltas']],
  [['pawl', 'schedules', 're'], ['resume']],
])('bash completes %j', async (words, expected) => {
  expect(await offered(words)).toEqual(expected);
});

test('zsh reads its script, where it is installed', async () => {
  const run = startAgainst('http://127.0.0.1:9', ['completion', 'zsh']);
  expect(await run.exitCode).toBe(0);
  expect(run.stdout.text).toContain('compdef _pawl pawl');
  const program = `autoload -U compinit; compinit -D; ${run.stdout.text}`;
  await execute('zsh', ['-f', '-c', program]).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
});
