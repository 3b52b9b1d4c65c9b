import type { JobState } from '@pawl/contracts';
import type { Rules } from '../rules.ts';
import { end, type Change } from './change.ts';

/** A step that takes its workers down with it must not take the next one down too. */
export function setAside(job: JobState, step: string, rules: Rules, now: number): Change {
  const message =
    `${step} was started ${rules.deliveries} times and never reported an outcome: ` +
    'its worker died or was cut off each time. Look at the workers, then retry the job.';
  return end(
    job,
    { status: 'failed', failure: { code: 'step_set_aside', message, retryable: true } },
    now,
  );
}
