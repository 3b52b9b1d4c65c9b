import type { Round } from './run-rounds.ts';
/** A table in Markdown: medians over the rounds, the spread of the jobs per second, ratios to the first contender. */
export declare function formatRounds(rounds: readonly Round[]): string;
