import type { OpenConsole } from './open-console.ts';
/** What the pictures show. */
export interface SampleWork {
  readonly job: string;
  readonly conversation: string;
  readonly schedule: string;
  readonly trigger: string;
}
/** Fills an empty installation with a morning's work of a support team. */
export declare function doSampleWork(open: OpenConsole): Promise<SampleWork>;
