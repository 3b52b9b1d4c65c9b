// npm test: every check and every test. With arguments, the tests that vitest picks by them.
import { runChecks } from './checks.mjs';
import { prepare } from './prepare.mjs';
import { reportCounts } from './report-counts.mjs';
import { runClusterTests, runTests } from './run-tests.mjs';

const argumentList = process.argv.slice(2);
await reportCounts(async () => {
  await prepare();
  if (argumentList.length > 0) return [await runTests(argumentList)];
  return [
    await runChecks(),
    await runTests([]),
    // The short form of npm run test:cluster.
    await runClusterTests(['packages/store', 'packages/queue']),
  ];
});
