// npm run bench:tools: what the choice of tools saves, and whether the needed one is among them.
import { Command } from 'commander';
import { formatToolBench, runToolBench } from './run-tool-bench.js';
const { json, limit } = new Command('npm run bench:tools --')
  .description('offers 355 tools for 40 prompts, and looks for the one that each prompt needs')
  .option('--json', 'prints every prompt')
  .option('--limit <count>', 'TOOL_LIMIT', '40')
  .parse()
  .opts();
const bench = await runToolBench(Math.max(1, Number.parseInt(limit, 10) || 40));
process.stdout.write(`${json === true ? JSON.stringify(bench) : formatToolBench(bench)}\n`);
//# sourceMappingURL=tools-main.js.map
