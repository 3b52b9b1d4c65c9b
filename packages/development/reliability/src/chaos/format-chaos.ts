import type { ChaosReport } from './run-chaos.ts';

/** Every job ended as it should, nothing was done twice, nothing is left. */
export function isSound(report: ChaosReport): boolean {
  return problemsOf(report).length === 0;
}

export function problemsOf({ jobs, duplicates, inspection, failures }: ChaosReport): string[] {
  const unfinished = jobs
    .filter(({ status, error }) => status !== 'completed' && error?.code !== 'step_set_aside')
    .map(({ id, status, error }) => `job ${id} is ${status}: ${error?.code} ${error?.message}`);
  return [...unfinished, ...duplicates, ...inspection.problems, ...failures];
}

export function formatChaos(report: ChaosReport): string {
  const { jobs, disturbances, toolCalls, inspection } = report;
  const problems = problemsOf(report);
  return [
    `jobs accepted: ${jobs.length}, completed: ${jobs.filter(({ status }) => status === 'completed').length}`,
    `quarantined, and retried unless the conversation had gone on: ${report.quarantine}`,
    `disturbances: ${list(disturbances)}`,
    `tool calls performed: ${toolCalls}, writing calls performed twice: ${report.duplicates.length}`,
    `keys left in Redis: ${list(inspection.keys)}`,
    problems.length === 0 ? 'no problem' : `problems:\n  ${problems.slice(0, 50).join('\n  ')}`,
  ].join('\n');
}

function list(counts: Readonly<Record<string, number | undefined>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}
