// npm test: every check and every test. With arguments, the tests that vitest picks by them.
import { runChecks } from './checks.mjs';
import { prepare } from './prepare.mjs';
import { reportCounts } from './report-counts.mjs';
import { runTests } from './run-tests.mjs';

const argumentList = process.argv.slice(2);
await reportCounts(async () => {
  await prepare();
  const checks = argumentList.length === 0 ? [await runChecks()] : [];
  return [...checks, await runTests(argumentList)];
});
