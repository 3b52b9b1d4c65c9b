import { type ToolClass, toolClasses } from '../testbed/prompts.ts';
import { killPoints, pointNames } from './crash-cases.ts';
import type { Observation } from './judge.ts';
import type { CrashResult } from './run-matrix.ts';

const columns = [
  'a process dies …',
  'tool',
  'crashes',
  'completed',
  'person asked',
  'settled by a check',
  'model calls',
  'most times one call was performed',
  'next job completed',
  'broken',
];

const classNames: Record<ToolClass, string> = {
  reads: 'reads',
  idempotent: 'idempotent',
  writes: 'writes',
  looked_up: 'writes, looked up',
  function: 'function with key',
};

/** The matrix as a table in Markdown, and what was broken. `model calls` are the fewest and the most of any run. */
export function formatMatrix(results: readonly CrashResult[]): string {
  const rows = killPoints.flatMap((point) =>
    toolClasses.flatMap((effect) => {
      const crashCase = results.filter(
        (each) => each.crashCase.point === point && each.crashCase.effect === effect,
      );
      return crashCase.length === 0
        ? []
        : [[pointNames[point], classNames[effect], ...summaryOf(crashCase)]];
    }),
  );
  const lines = [columns, columns.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`);
  const broken = results.flatMap(formatProblems);
  return [...lines, ...(broken.length === 0 ? [] : ['', ...broken])].join('\n');
}

/** A line for each thing that was broken. */
export function formatProblems({ crashCase, repetition, broken }: CrashResult): string[] {
  return broken.map(
    (problem) => `${crashCase.point} × ${crashCase.effect}, repetition ${repetition}: ${problem}`,
  );
}

function summaryOf(results: readonly CrashResult[]): string[] {
  const seen = results.flatMap((result) => result.seen ?? []);
  const count = (holds: (observation: Observation) => boolean) => String(seen.filter(holds).length);
  const calls = seen.map(({ modelCalls }) => modelCalls);
  const fewest = Math.min(...calls);
  const most = Math.max(...calls);
  const times = seen.flatMap(({ performed }) => performed.map((call) => call.times));
  return [
    String(results.length),
    count(({ job }) => job.status === 'completed'),
    count(({ asked }) => asked),
    count(({ checked }) => checked),
    fewest === most ? `${fewest}` : `${fewest}–${most}`,
    String(Math.max(0, ...times)),
    count(({ followUp }) => followUp.status === 'completed'),
    String(results.filter(({ broken }) => broken.length > 0).length),
  ];
}
