import { accountActiveLines, authorizationLines } from './account-lines.ts';
import { endingLines } from './ending-lines.ts';
import { headerLines } from './header-lines.ts';
import type { Line } from './line.ts';
import type { Snapshot } from './snapshot.ts';
import { stepLines } from './step-lines.ts';
import { unknownOutcomeLines } from './unknown-outcome-lines.ts';

/**
 * What to print when a job went on from `previous` to `next`; without `previous`, from the start. Looks may be far
 * apart: whatever happened in between is told once and in its order.
 */
export function linesBetween(previous: Snapshot | undefined, next: Snapshot): Line[] {
  return [
    ...(previous === undefined ? headerLines(next.job) : []),
    ...accountActiveLines(previous?.job, next.job),
    ...stepLines(previous?.steps ?? [], next.steps),
    ...authorizationLines(previous?.job, next.job),
    ...unknownOutcomeLines(previous?.job, next.job),
    ...endingLines(previous?.job, next.job),
  ];
}
