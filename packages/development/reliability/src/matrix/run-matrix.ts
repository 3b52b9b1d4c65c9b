import type { Testbed } from '../testbed/testbed.ts';
import { type CrashCase, type Survivors, startSurvivors } from './crash-cases.ts';
import { judge, type Observation } from './judge.ts';
import { runRepetition } from './run-repetition.ts';

/** What became of one repetition of one crash case. `broken` is empty where everything held. */
export interface CrashResult {
  readonly crashCase: CrashCase;
  readonly repetition: number;
  readonly seen: Observation | undefined;
  readonly broken: readonly string[];
}

export interface MatrixSettings {
  readonly crashCases: readonly CrashCase[];
  readonly repetitions: number;
  /** Crash cases at a time. */
  readonly parallel: number;
  readonly onResult?: (result: CrashResult) => void;
}

/** Runs every repetition of every crash case, several at a time. */
export async function runMatrix(
  testbed: Testbed,
  settings: MatrixSettings,
): Promise<CrashResult[]> {
  const { crashCases, repetitions, parallel, onResult } = settings;
  const waiting = Array.from({ length: repetitions }, (_, repetition) =>
    crashCases.map((crashCase) => ({ crashCase, repetition })),
  ).flat();
  const results: CrashResult[] = [];
  const teams = await Promise.all(Array.from({ length: parallel }, () => startSurvivors(testbed)));
  await Promise.all(
    teams.map(async (survivors) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const result = await runAndJudge(survivors, next.crashCase, next.repetition);
        results.push(result);
        onResult?.(result);
      }
    }),
  );
  return results;
}

async function runAndJudge(
  survivors: Survivors,
  crashCase: CrashCase,
  repetition: number,
): Promise<CrashResult> {
  try {
    const seen = await runRepetition(survivors, crashCase, repetition);
    return { crashCase, repetition, seen, broken: judge(crashCase, seen) };
  } catch (error) {
    return { crashCase, repetition, seen: undefined, broken: [String(error)] };
  }
}
