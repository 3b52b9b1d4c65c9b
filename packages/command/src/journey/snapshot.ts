import type { Job, JobStatus, JobStep, RequiredAction } from '@pawl/client';

/** What is known of a job at one time. The steps are read after the job, so they are never older than it. */
export interface Snapshot {
  readonly job: Job;
  readonly steps: readonly JobStep[];
}

export type Turn = Extract<JobStep, { type: 'turn' }>;
export type ToolCall = Extract<JobStep, { type: 'tool_call' }>;

/** A status after which nothing changes by itself. */
export type EndedStatus = Exclude<JobStatus, 'queued' | 'in_progress' | 'requires_action'>;

export function isEnded(status: JobStatus): status is EndedStatus {
  return status !== 'queued' && status !== 'in_progress' && status !== 'requires_action';
}

export type ConnectAccount = Extract<RequiredAction, { type: 'connect_account' }>;

/** The account that a person has to authorize before the job goes on. */
export function connectActionOf(job: Job | undefined): ConnectAccount | undefined {
  const action = job?.required_action;
  return action?.type === 'connect_account' ? action : undefined;
}

export function turnsOf(steps: readonly JobStep[]): Turn[] {
  return steps.filter((step) => step.type === 'turn');
}

export function toolCallsOf(steps: readonly JobStep[]): ToolCall[] {
  return steps.filter((step) => step.type === 'tool_call');
}

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
