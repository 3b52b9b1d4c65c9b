import type { StepRecord } from '@pawl/contracts';

/** The field of a job's steps hash in which a record stands: a later record of the same step replaces it. */
export function stepField(record: StepRecord): string {
  switch (record.kind) {
    case 'turn':
      return `turn:${record.turn}`;
    case 'decision':
      return decisionField(record);
    case 'late_outcome':
      return `${callField(record.kind, record)}:${record.epoch}`;
    case 'call':
    case 'outcome':
      return callField(record.kind, record);
  }
}

/** Which call of which turn. */
export interface CallPlace {
  readonly turn: number;
  readonly index: number;
}

export function callField(
  kind: 'call' | 'outcome' | 'late_outcome',
  { turn, index }: CallPlace,
): string {
  return `${kind}:${turn}:${index}`;
}

/** One call may be decided about more than once: each time that its outcome is unknown again. */
export function decisionField({
  turn,
  index,
  epoch,
}: {
  turn: number;
  index: number;
  epoch: number;
}): string {
  return `decision:${turn}:${index}:${epoch}`;
}
