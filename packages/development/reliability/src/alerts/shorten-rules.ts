/** How long things take in a trial of the alerts, in seconds. */
export interface Shortening {
  /** For `for: 5m`. */
  readonly hold: number;
  /** For `[10m]` and `offset 1h`. */
  readonly window: number;
}

/**
 * The alert rules with their durations shortened, so that a trial takes minutes and not hours. Thresholds stay as they
 * are.
 */
export function shortenRules(rules: string, { hold, window }: Shortening): string {
  return rules
    .replace(/^( +for:) \w+$/gm, `$1 ${hold}s`)
    .replace(/\[\d+[smhd]\]/g, `[${window}s]`)
    .replace(/\boffset \d+[smhd]\b/g, `offset ${window}s`);
}

/** The names of all alerts, as they come. */
export function alertNames(rules: string): string[] {
  return [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name = '']) => name);
}

/** What an alert waits for once its condition holds, as the file has it: `5m`, or `0m`. */
export function holdOf(rules: string, alert: string): string {
  const [, own = ''] = rules.split(new RegExp(`^ +- alert: ${alert}$`, 'm'));
  const [rule = ''] = own.split(/^ +- alert: /m);
  return /^ +for: (\w+)$/m.exec(rule)?.[1] ?? '0m';
}
