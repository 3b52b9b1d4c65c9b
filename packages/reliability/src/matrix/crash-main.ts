// npm run test:crash: the whole kill matrix, printed. Options: --repetitions 20 --lanes 6 --point before_tool_call
import { parseArgs } from 'node:util';
import { withLab } from '../lab/with-lab.ts';
import { cells } from './cells.ts';
import { formatMatrix } from './format-matrix.ts';
import { runMatrix } from './run-matrix.ts';

const { values } = parseArgs({
  options: {
    repetitions: { type: 'string', default: '20' },
    lanes: { type: 'string', default: '6' },
    point: { type: 'string' },
  },
});
const chosen = cells.filter(({ point }) => values.point === undefined || point === values.point);

const startedAt = performance.now();
const results = await withLab({}, (lab) =>
  runMatrix(lab, {
    cells: chosen,
    repetitions: Number(values.repetitions),
    lanes: Number(values.lanes),
    onResult: ({ broken }) => void process.stderr.write(broken.length === 0 ? '.' : 'x'),
  }),
);
process.stderr.write('\n');
process.stdout.write(`${formatMatrix(results)}\n`);
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const broken = results.filter((result) => result.broken.length > 0).length;
process.stdout.write(`\n${results.length} crashes in ${seconds} s, ${broken} broke something\n`);
process.exit(broken === 0 ? 0 : 1);
