// npm run bench: what a job costs in Pawl, beside the least that BullMQ needs for it, and beside others.
import { findRepositoryRoot } from '@pawl/runtime';
import { Command, Option } from 'commander';
import { admission, bareExpress, expressQueue } from './contenders/admission.ts';
import { bareChain, chainOverHttp, oneTask } from './contenders/bullmq.ts';
import { engine, overHttp } from './contenders/pawl.ts';
import { restate } from './contenders/restate.ts';
import { bareSdks, overTheWire } from './contenders/wire.ts';
import { formatRounds } from './format.ts';
import { parsePositive } from './parse-positive.ts';
import { runRounds } from './run-rounds.ts';

const ours = [
  bareChain,
  oneTask,
  engine,
  chainOverHttp,
  overHttp,
  bareSdks,
  overTheWire,
  bareExpress,
  expressQueue,
  admission,
];
const byDefault = [bareChain, oneTask, engine, overHttp];

interface Flags {
  readonly seconds: number;
  readonly rounds: number;
  readonly inFlight: number;
  readonly warm: number;
  readonly json?: true;
  readonly against?: 'restate';
  readonly only?: string[];
  readonly profiles?: string;
}

const flags = new Command('npm run bench --')
  .description('measures a job of a model call, a tool call and a model call that do nothing')
  .option('--seconds <count>', 'of load for each contender in each round', parsePositive, 5)
  .option('--rounds <count>', 'how often each is measured, in turns', parsePositive, 3)
  .option('--in-flight <count>', 'jobs under way at a time', parsePositive, 100)
  .option('--warm <seconds>', 'of load for each contender before all rounds', parsePositive, 20)
  .option('--json', 'prints every round instead of a table of medians')
  .addOption(
    new Option('--against <name>', 'another system, installed on demand').choices(['restate']),
  )
  .addOption(
    new Option('--only <names...>', 'these alone').choices(
      [...ours, restate].map(({ name }) => name),
    ),
  )
  .option('--profiles <folder>', 'writes CPU profiles of the processes there')
  .parse()
  .opts<Flags>();

const { only, against, json } = flags;
const named = only === undefined ? byDefault : ours.filter(({ name }) => only.includes(name));
const isWithRestate = against === 'restate' || only?.includes('restate') === true;
const rounds = await runRounds([...named, ...(isWithRestate ? [restate] : [])], {
  ...flags,
  root: findRepositoryRoot(import.meta.url) ?? process.cwd(),
  say: (line) => void process.stderr.write(`${line}\n`),
});
process.stdout.write(`${json === true ? JSON.stringify(rounds) : formatRounds(rounds)}\n`);
process.exit(0);
