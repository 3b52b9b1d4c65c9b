import type { Place } from '../contender.ts';
import { type PawlClient } from '../pawl-client.ts';
import type { RunningProgram } from '../start-program.ts';
import { type BenchRedis } from '../start-redis.ts';
import type { Curve } from './chart.ts';
export interface GrowthSettings {
  readonly place: Place;
  readonly seconds: number;
  /** Jobs that stand in Redis at the end. */
  readonly kept: number;
  /** Told what goes on. */
  readonly say: (line: string) => void;
}
export interface Pawl {
  readonly server: BenchRedis;
  readonly worker: RunningProgram;
  readonly client: PawlClient;
}
/** A Redis, a worker without ports and a client of their own, for as long as `use` takes. */
export declare function withPawl<Result>(
  place: Place,
  use: (pawl: Pawl) => Promise<Result>,
): Promise<Result>;
/** Milliseconds of CPU of Redis and worker for each job that `work` does; it answers how many. */
export declare function costOf(
  { server, worker }: Pawl,
  work: () => Promise<number>,
): Promise<number>;
/** Jobs that are run before anything is measured: until then, compiling takes more than the jobs do. */
export declare const warmJobs = 4000;
/** Runs so many jobs, 100 at a time. */
export declare function runJobs({ client }: Pawl, jobs: number): Promise<number>;
/** By jobs in flight. */
export declare function byJobsInFlight({ place, seconds }: GrowthSettings): Promise<Curve>;
/** By messages of the conversation before the job. */
export declare function byHistory({ place }: GrowthSettings): Promise<Curve>;
/** Commands that Redis runs a second, by idle workers. */
export declare function byIdleWorkers({ place, seconds }: GrowthSettings): Promise<Curve>;
export declare function rest(seconds: number): Promise<void>;
