import type { Contender } from './contender.ts';
import { type RedisTraffic } from './measure/usage.ts';
/** What one contender did in one round. */
export interface Round {
  readonly contender: string;
  readonly jobs: number;
  readonly jobsPerSecond: number;
  /** Milliseconds that half of the jobs took at most, under load. */
  readonly loadedMedian: number;
  /** The same with one job at a time. */
  readonly unloadedMedian: number;
  readonly unloadedP99: number;
  /** Milliseconds of CPU for each job, by the process's part. */
  readonly cpu: Readonly<Record<string, number>>;
  /** For each job. */
  readonly redis?: RedisTraffic;
  /** MiB of each process at the end of the load. */
  readonly memory: Readonly<Record<string, number>>;
}
export interface RoundSettings {
  readonly rounds: number;
  /** Of load for each contender in each round. */
  readonly seconds: number;
  readonly inFlight: number;
  /** Seconds of load for each contender before the first round: see {@link warmUp}. */
  readonly warm: number;
  readonly root: string;
  readonly profiles?: string | undefined;
  /** Told what goes on. */
  readonly say: (line: string) => void;
}
/**
 * Measures all contenders in turns, so that what else the machine does hits all of them alike. Each has a Redis of its
 * own; all stand ready the whole time, and only the one that is measured has anything to do.
 */
export declare function runRounds(
  contenders: readonly Contender[],
  settings: RoundSettings,
): Promise<Round[]>;
