import type { StepRecord } from '@pawl/contracts';

/** The field of a job's steps hash in which a record stands: a later record of the same step replaces it. */
export function stepField(record: StepRecord): string {
  return record.kind === 'turn' ? `turn:${record.turn}` : callField(record.kind, record);
}

export function callField(
  kind: 'call' | 'outcome' | 'late_outcome',
  { turn, index }: { turn: number; index: number },
): string {
  return `${kind}:${turn}:${index}`;
}
