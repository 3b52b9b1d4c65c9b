import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findRepositoryRoot } from '@pawl/runtime';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const monitoring = join(findRepositoryRoot(import.meta.url) ?? '.', 'deploy/monitoring');

/** Comes with Prometheus: CI installs it. */
const isInstalled = await run('promtool', ['--version']).then(
  () => true,
  () => false,
);

test.skipIf(!isInstalled)(
  'Prometheus takes the alert rules, and each fires, with its text, when it should and not otherwise',
  async () => {
    const { stdout } = await run('promtool', ['check', 'rules', 'pawl-alerts.yaml'], {
      cwd: monitoring,
    });
    expect(stdout).toContain('SUCCESS');
    await run('promtool', ['test', 'rules', 'pawl-alerts.test.yaml'], { cwd: monitoring });
  },
);
