// npm run verify: everything that can be checked without Redis.
import { runChecks } from './checks.mjs';
import { prepare } from './prepare.mjs';
import { reportCounts } from './report-counts.mjs';
import { runTests } from './run-tests.mjs';

await reportCounts(async () => {
  await prepare();
  return [await runChecks(), await runTests(['--project', 'unit'])];
});
