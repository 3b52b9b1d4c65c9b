import type { Cell } from './cells.ts';

/** The job that every cell is made with, and where a process dies in it. */
export interface Experiment {
  readonly cell: Cell;
  /** Counts from 0: repetitions die at different turns and calls of the job. */
  readonly repetition: number;
  readonly user: string;
  readonly job: string;
  readonly reference: string;
  readonly prompt: string;
  /** Where the job's webhook arrives. */
  readonly hook: string;
}
