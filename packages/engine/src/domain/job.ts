import type {
  AdmittedRequest,
  CallRecord,
  ContentPart,
  JobState,
  Json,
  StepRecord,
} from '@pawl/contracts';

/** A job that is in this phase. */
export type JobIn<Name extends JobState['phase']['name']> = JobState & {
  readonly phase: Extract<JobState['phase'], { name: Name }>;
};

export function isIn<Name extends JobState['phase']['name']>(
  job: JobState,
  name: Name,
): job is JobIn<Name> {
  return job.phase.name === name;
}

/** What a job adds to the messages of its conversation. */
export interface JobHistory {
  readonly job: JobState;
  readonly prompt: string;
  /** The prompt as it came, where it was more than text. */
  readonly content?: readonly ContentPart[] | undefined;
  readonly steps: readonly StepRecord[];
}

export interface JobParts {
  readonly job: JobState;
  readonly request: AdmittedRequest;
  readonly result?: JobResult | undefined;
  /** The calls of the job's steps; needed while a person is asked about one. */
  readonly calls?: readonly CallRecord[] | undefined;
}

/** How browsers reach what a person has to do for a job; `link` is the secret part. */
export interface Links {
  /** The page on which an account is authorized. */
  connect(job: string, link: string): string;
  /** The page on which calls are approved. */
  approve(job: string, link: string): string;
}

/** The final answer of a job: kept when it completes, partial when a limit stopped it. */
export interface JobResult {
  readonly text: string;
  readonly json?: Json;
}
