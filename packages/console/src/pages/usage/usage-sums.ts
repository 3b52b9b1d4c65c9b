import type { Usage } from '@pawl/client';

/** What calls came to together. */
export interface Sum {
  readonly name: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
}

/** The sums of rows by what they share, the largest first. */
export function sumsBy(rows: readonly Usage[], nameOf: (row: Usage) => string): readonly Sum[] {
  const sums = new Map<string, Sum>();
  for (const row of rows) {
    const name = nameOf(row);
    const before = sums.get(name) ?? emptySum(name);
    sums.set(name, {
      name,
      calls: before.calls + row.model_calls,
      inputTokens: before.inputTokens + row.input_tokens,
      outputTokens: before.outputTokens + row.output_tokens,
      cost: before.cost + row.cost_usd,
    });
  }
  return [...sums.values()].toSorted(
    (one, other) => other.cost - one.cost || tokens(other) - tokens(one),
  );
}

/** A sum for each of the last days, those without calls too, the oldest first. Days are UTC. */
export function sumsByDay(rows: readonly Usage[], days: readonly string[]): readonly Sum[] {
  const known = new Map(sumsBy(rows, ({ day }) => day).map((sum) => [sum.name, sum]));
  return days.map((day) => known.get(day) ?? emptySum(day));
}

export function lastDays(count: number, now: number): readonly string[] {
  return Array.from({ length: count }, (_, back) =>
    new Date(now - (count - 1 - back) * 86_400_000).toISOString().slice(0, 10),
  );
}

export function tokens({ inputTokens, outputTokens }: Sum): number {
  return inputTokens + outputTokens;
}

function emptySum(name: string): Sum {
  return { name, calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };
}
