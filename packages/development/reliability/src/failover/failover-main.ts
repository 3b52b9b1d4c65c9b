// npm run test:failover: what each fault of Redis costs, with each topology and profile.
import { Command } from 'commander';
import { parseCount } from '../parse-count.ts';
import { formatFailover } from './format-failover.ts';
import { failoverCases, runFailover, type FailoverResult } from './run-failover.ts';

const { seconds, posters } = new Command('npm run test:failover --')
  .description('loses the primary of Redis while jobs run, and counts what is lost and repeated')
  .option('--seconds <count>', 'of load, before and after the fault', parseCount, 4)
  .option('--posters <count>', 'clients that post at a time', parseCount, 20)
  .parse()
  .opts<Record<'seconds' | 'posters', number>>();

const results: FailoverResult[] = [];
for (const each of failoverCases) {
  process.stderr.write(`${each.topology}: ${each.fault}, ${each.profile}\n`);
  const time = seconds * 1_000;
  const load = { before: time, after: time, posters, patience: 60_000 };
  const result = await runFailover(each, load);
  process.stderr.write(`  ${JSON.stringify(result)}\n`);
  results.push(result);
}
process.stdout.write(`${formatFailover(results)}\n`);
