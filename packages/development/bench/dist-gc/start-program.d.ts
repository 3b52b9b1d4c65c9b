import type { Place } from './contender.ts';
export interface RunningProgram {
  readonly pid: number;
  /** The line that said that it is ready. */
  readonly ready: string;
  /** Asks it to end, and ends it after ten seconds. */
  stop(): Promise<void>;
}
export interface ProgramSettings {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory: string;
  /** A line of its output that says that it is ready. */
  readonly isReady: RegExp;
}
/** Starts a program that ends with this process. Throws an Error with what it printed if it ends before it is ready. */
export declare function startProgram(settings: ProgramSettings): Promise<RunningProgram>;
/** Starts one of this package's programs, built. */
export declare function startOwnProgram(
  name: string,
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<RunningProgram>;
/** Starts a built service of the repository. */
export declare function startService(
  name: 'gateway' | 'worker',
  environment: Readonly<Record<string, string>>,
  place: Place,
): Promise<RunningProgram>;
