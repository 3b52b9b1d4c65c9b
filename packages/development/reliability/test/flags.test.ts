import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

async function runMain(file: string, flag: string[]) {
  const program = fileURLToPath(new URL(`../dist/${file}`, import.meta.url));
  return await new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [program, ...flag], (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

test.each([
  ['matrix/crash-main.js', '--repetitions <count>'],
  ['chaos/chaos-main.js', '--jobs <count>'],
  ['recovery/recovery-main.js', '--kills <count>'],
])('%s tells its flags, and refuses others by name', async (file, flag) => {
  const help = await runMain(file, ['--help']);
  expect(help.code).toBe(0);
  expect(help.stdout).toContain(flag);
  const unknown = await runMain(file, ['--nonsense']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain("unknown option '--nonsense'");
  expect(unknown.stderr).not.toContain('    at ');
});

test.each([
  [['--repetitions', 'many'], 'Use a whole number of at least 1.'],
  [['--point', 'nowhere'], 'before_tool_call'],
])('a value that is none is refused: %j', async (words, told) => {
  const { code, stderr } = await runMain('matrix/crash-main.js', words);
  expect(code).toBe(1);
  expect(stderr).toContain(told);
});
