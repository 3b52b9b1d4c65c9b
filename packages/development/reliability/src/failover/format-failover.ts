import type { FailoverResult } from './run-failover.ts';

/** The results as a table in Markdown. */
export function formatFailover(results: readonly FailoverResult[]): string {
  const head = ['topology', 'fault', 'profile', 'accepted', 'lost', 'repeated', 'asked about'];
  const rows = results.map(
    ({ topology, fault, profile, accepted, lost, repeated, asked, open }) => [
      topology,
      fault,
      profile,
      String(accepted),
      open === 0 ? String(lost) : `${lost} (${open} not ended)`,
      String(repeated),
      String(asked),
    ],
  );
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
