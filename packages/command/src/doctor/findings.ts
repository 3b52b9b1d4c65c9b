import { type Line, line, singleLine } from '../journey/lines.ts';

/** What one check has found. */
export interface Finding {
  /** What was looked at. */
  readonly name: string;
  /** `skipped`: it is not configured here, so there was nothing to look at. */
  readonly status: 'ok' | 'warning' | 'problem' | 'skipped';
  /** What was found, as a sentence. */
  readonly found: string;
  /** What to do about it, as a sentence. */
  readonly advice?: string;
}

/** One look at something that Pawl needs. Answers what it has found, and throws nothing. */
export type Check = (signal: AbortSignal) => Promise<readonly Finding[]>;

const marks = { ok: '✓', warning: '!', problem: '✗', skipped: '-' } as const;
const styles = { ok: 'success', warning: 'strong', problem: 'failure', skipped: 'dim' } as const;

/** What was found, for a person. */
export function findingLines(findings: readonly Finding[]): Line[] {
  return findings.flatMap(({ name, status, found, advice }) => [
    line(`${marks[status]} ${name}: ${singleLine(found)}`, styles[status]),
    ...(advice === undefined ? [] : [line(`  → ${singleLine(advice)}`)]),
  ]);
}

/** True: nothing stands against running Pawl like this. */
export function isHealthy(findings: readonly Finding[]): boolean {
  return !findings.some(({ status }) => status === 'problem');
}
