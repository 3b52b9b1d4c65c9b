import { elapsed, runQuietly, tool } from './run-quietly.mjs';

const checks = [
  { name: 'format', program: tool('oxfmt'), argumentList: ['--check'] },
  { name: 'lint', program: tool('oxlint'), argumentList: [] },
  { name: 'import boundaries', program: tool('turbo'), argumentList: ['boundaries'] },
  { name: 'dead code', program: tool('knip'), argumentList: [] },
  { name: 'types', program: tool('tsc'), argumentList: ['-p', 'tsconfig.json'] },
  {
    name: 'types of the console',
    program: tool('tsc'),
    argumentList: ['-p', 'packages/console/tsconfig.json'],
  },
  {
    name: 'lock file',
    program: process.execPath,
    argumentList: ['scripts/complete-lock.mjs', '--check'],
  },
];

/** Runs every check, prints a line for each and the output of those that fail; counts them. */
export async function runChecks() {
  const counts = { passed: 0, failed: 0 };
  for (const { name, program, argumentList } of checks) {
    const start = performance.now();
    const { succeeded, output } = await runQuietly(program, argumentList, {
      TURBO_TELEMETRY_DISABLED: '1',
      DO_NOT_TRACK: '1',
    });
    counts[succeeded ? 'passed' : 'failed'] += 1;
    process.stdout.write(`${succeeded ? '✓' : '✗'} ${name} (${elapsed(start)})\n`);
    if (!succeeded) process.stdout.write(`${output.trimEnd()}\n`);
  }
  return counts;
}
