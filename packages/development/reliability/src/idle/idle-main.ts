// npm run measure:idle: what a worker that has nothing to do costs Redis, by the number of shards.
import { Command } from 'commander';
import { parseCount } from '../parse-count.ts';
import { withTestbed } from '../testbed/testbed.ts';
import { measureIdle } from './measure-idle.ts';

const { shards, seconds } = new Command('npm run measure:idle --')
  .description('measures what a worker that has nothing to do costs Redis')
  .option('--shards <counts>', 'numbers of shards, separated by commas', parseCounts, [1, 8, 64])
  .option('--seconds <count>', 'for how long it is looked at', parseCount, 20)
  .parse()
  .opts<{ shards: number[]; seconds: number }>();

const columns = [
  'shards',
  'connections',
  'commands/s',
  'of a further worker',
  'Redis, millicores',
  'first job, ms',
];
process.stdout.write(`${columns.join('  ')}\n`);
for (const count of shards) {
  await withTestbed({}, async (testbed) => {
    const found = await measureIdle(testbed, { shards: count, seconds });
    const values = [
      found.shards,
      found.connections,
      found.commands.toFixed(1),
      found.furtherCommands.toFixed(1),
      found.redisMillicores.toFixed(1),
      found.firstJob.toFixed(0),
    ];
    const cells = values.map((value, place) => String(value).padStart(columns[place]?.length ?? 0));
    process.stdout.write(`${cells.join('  ')}\n`);
  });
}
process.exit(0);

function parseCounts(text: string): number[] {
  return text.split(',').map((part) => parseCount(part));
}
