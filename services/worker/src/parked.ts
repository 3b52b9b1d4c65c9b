import type { Woken } from '@pawl/engine';
import { subjectOf } from '@pawl/queue';

/** The jobs, deliveries or schedules of which a task waits for a share, after they were woken by the sweeper. */
export function parkedIn({ parked }: Woken): ReadonlySet<string> {
  return new Set(parked.map(subjectOf));
}

/**
 * How long the sweeper leaves them alone, in milliseconds: whoever gives a share back starts them, and their shares are
 * swept by themselves. Ten thousand that wait must not be read anew at every sweep.
 */
export function parkedRest(sweepInterval: number): number {
  return 15 * sweepInterval;
}
