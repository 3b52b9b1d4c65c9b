import type { JobState, ToolCall } from '@pawl/contracts';
import { freshStep } from './steps.ts';

/** Where the job stands once these are its calls: at them, or at the next turn when the last one has settled. */
export function afterCall(
  job: JobState,
  calls: ToolCall[],
  now: number,
): Pick<JobState, 'phase' | 'turn'> {
  return calls.every((call) => call.step.status === 'settled')
    ? {
        turn: job.turn + 1,
        phase: { name: 'turn', step: freshStep(job.sequence + 1, now) },
      }
    : { turn: job.turn, phase: { name: 'calls', calls } };
}
