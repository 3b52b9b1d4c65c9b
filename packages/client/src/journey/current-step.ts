import type { Job } from '@pawl/contracts';
import { connectActionOf, toolCallsOf, turnsOf, type Snapshot } from './snapshot.ts';

/** What the job is doing now, in a few words for a progress line. */
export function currentStep({ job, steps }: Snapshot): string {
  switch (job.status) {
    case 'queued':
      return 'Waiting in line';
    case 'requires_action':
      return waitingFor(job);
    case 'in_progress':
      return runningStep(steps) ?? 'Working';
    default:
      return 'Done';
  }
}

function waitingFor(job: Job): string {
  const action = connectActionOf(job);
  return action === undefined
    ? 'Waiting for a decision'
    : `Waiting for the authorization of ${action.connection}`;
}

function runningStep(steps: Snapshot['steps']): string | undefined {
  const calls = toolCallsOf(steps).filter(({ status }) => status === 'running');
  if (calls.length > 0) return `Running ${calls.map(({ tool }) => tool).join(', ')}`;
  const turn = turnsOf(steps).find(({ status }) => status === 'running' || status === 'ready');
  if (turn === undefined) return undefined;
  return turn.attempts > 1 ? `Asking the model, attempt ${turn.attempts}` : 'Asking the model';
}
