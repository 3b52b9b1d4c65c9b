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
export async function runLoad(
  job: () => Promise<void>,
  { seconds, inFlight }: LoadSettings,
): Promise<Load> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  const lane = async () => {
    while (performance.now() - startedAt < seconds * 1_000) {
      const jobStartedAt = performance.now();
      await job();
      latencies.push(performance.now() - jobStartedAt);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return {
    jobs: latencies.length,
    seconds: (performance.now() - startedAt) / 1_000,
    latencies: latencies.toSorted((one, other) => one - other),
  };
}

/** The value at this share (0 to 1) of sorted values: a value itself, by nearest rank. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return percentile(sorted, 0.5);
}
