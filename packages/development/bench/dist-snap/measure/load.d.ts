/** Milliseconds of each job, sorted. */
export interface Load {
  readonly jobs: number;
  readonly seconds: number;
  readonly latencies: readonly number[];
}
export interface LoadSettings {
  /** Starts no further job after so many seconds. */
  readonly seconds: number;
  /** Jobs under way at any time. */
  readonly inFlight: number;
}
/** Keeps so many jobs under way, a new one for each that ends, and waits for the last ones. */
export declare function runLoad(
  job: () => Promise<void>,
  { seconds, inFlight }: LoadSettings,
): Promise<Load>;
/** The value at this share (0 to 1) of sorted values: a value itself, by nearest rank. */
export declare function percentile(sorted: readonly number[], share: number): number;
export declare function medianOf(values: readonly number[]): number;
