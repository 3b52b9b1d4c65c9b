import type { TrialResult } from './run-trial.ts';
import { holdOf } from './shorten-rules.ts';

/** The results as a table in Markdown. */
export function formatTrials(results: readonly TrialResult[], rules: string): string {
  const head = ['alert', 'what was broken', 'fires after (s)', '`for`', 'ends after (s)', 'also'];
  const rows = results.map(({ alert, broken, fired, resolved, others }) => [
    alert,
    broken,
    secondsOf(fired),
    holdOf(rules, alert),
    secondsOf(resolved),
    others.join(', '),
  ]);
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function secondsOf(seconds: number | undefined): string {
  return seconds === undefined ? '**never**' : String(Math.round(seconds));
}
