import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, tool } from './run-quietly.mjs';

/**
 * Runs vitest with its usual output; counts the tests. A file that cannot be loaded and an error
 * outside any test (a leak found at the end, say) count as failures too.
 */
export async function runTests(argumentList, environment = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pawl-test-report-'));
  const report = join(folder, 'report.json');
  try {
    const vitest = spawn(
      tool('vitest'),
      ['run', '--reporter=default', '--reporter=json', `--outputFile=${report}`, ...argumentList],
      {
        cwd: root,
        env: { ...process.env, ...environment },
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    const [code] = await once(vitest, 'exit');
    return countTests(readReport(report), code === 0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, testResults: [] };
  }
}

function countTests({ numPassedTests, numFailedTests, testResults }, succeeded) {
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = numFailedTests + unloaded;
  return { passed: numPassedTests, failed: succeeded ? failed : Math.max(failed, 1) };
}

/** Tests that share a Redis, over a Redis Cluster of three primaries that they start. */
export async function runClusterTests(folders) {
  return runTests(['--project', 'integration', ...folders], {
    PAWL_TEST_REDIS: 'cluster',
    PAWL_SHARDS: '3',
  });
}
