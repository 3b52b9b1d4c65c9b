/** Keeps so many jobs under way, a new one for each that ends, and waits for the last ones. */
export async function runLoad(job, { seconds, inFlight }) {
  const latencies = [];
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
export function percentile(sorted, share) {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
export function medianOf(values) {
  const sorted = values.toSorted((one, other) => one - other);
  return percentile(sorted, 0.5);
}
//# sourceMappingURL=load.js.map
