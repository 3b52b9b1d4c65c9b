export interface Distribution {
  readonly count: number;
  readonly fastest: number;
  readonly median: number;
  readonly p90: number;
  readonly slowest: number;
}

/** Of at least one measurement; the percentiles are measurements themselves (nearest rank). */
export function distributionOf(measurements: readonly number[]): Distribution {
  const sorted = measurements.toSorted((one, other) => one - other);
  const at = (share: number) =>
    sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { count: sorted.length, fastest: at(0), median: at(0.5), p90: at(0.9), slowest: at(1) };
}

/** A bar for every so many milliseconds. */
export function histogramOf(measurements: readonly number[], width: number): string[] {
  const bars = new Map<number, number>();
  for (const each of measurements) {
    const bar = Math.floor(each / width);
    bars.set(bar, (bars.get(bar) ?? 0) + 1);
  }
  return [...bars]
    .toSorted(([one], [other]) => one - other)
    .map(([bar, count]) => {
      const [from, to] = [bar, bar + 1].map((edge) => (edge * width) / 1_000);
      return `${from}–${to} s ${'#'.repeat(count)}`;
    });
}
