// npm run test:crash: the whole kill matrix, printed.
import { Command, Option } from 'commander';
import { withTestbed } from '../testbed/testbed.ts';
import { toolClasses } from '../testbed/prompts.ts';
import { parseCount } from '../parse-count.ts';
import { crashCases, killPoints } from './crash-cases.ts';
import { formatMatrix, formatProblems } from './format-matrix.ts';
import { runMatrix } from './run-matrix.ts';

const { repetitions, parallel, point, tool } = new Command('npm run test:crash --')
  .description('kills real processes at every point of a job, and prints what became of the jobs')
  .option('--repetitions <count>', 'kills of each crash case', parseCount, 20)
  .option('--parallel <count>', 'crash cases at a time', parseCount, 6)
  .addOption(new Option('--point <name>', 'this point only').choices(killPoints))
  .addOption(new Option('--tool <class>', 'this class of tools only').choices(toolClasses))
  .parse()
  .opts<{ repetitions: number; parallel: number; point?: string; tool?: string }>();
const chosen = crashCases.filter(
  (crashCase) =>
    (point === undefined || crashCase.point === point) &&
    (tool === undefined || crashCase.effect === tool),
);

const startedAt = performance.now();
const results = await withTestbed({}, (testbed) =>
  runMatrix(testbed, {
    crashCases: chosen,
    repetitions,
    parallel,
    // At once: whoever interrupts a long run has seen what it found.
    onResult: (result) => {
      const problems = formatProblems(result);
      process.stderr.write(problems.length === 0 ? '.' : `x\n${problems.join('\n')}\n`);
    },
  }),
);
process.stderr.write('\n');
process.stdout.write(`${formatMatrix(results)}\n`);
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const broken = results.filter((result) => result.broken.length > 0).length;
process.stdout.write(`\n${results.length} crashes in ${seconds} s, ${broken} broke something\n`);
process.exit(broken === 0 ? 0 : 1);
