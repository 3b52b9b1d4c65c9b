// npm run test:cluster: the tests that share a Redis, over a Redis Cluster of three primaries that they start.
//
//   npm run test:cluster                                       all of them
//   npm run test:cluster -- packages/store                     those that vitest picks by the rest
import { prepare } from './prepare.mjs';
import { reportCounts } from './report-counts.mjs';
import { runClusterTests } from './run-tests.mjs';

/** The others start servers of their own. */
const sharing = [
  'packages/store',
  'packages/queue',
  'packages/client',
  'packages/command',
  'services',
];

const argumentList = process.argv.slice(2);
await reportCounts(async () => {
  await prepare();
  return [await runClusterTests(argumentList.length === 0 ? sharing : argumentList)];
});
