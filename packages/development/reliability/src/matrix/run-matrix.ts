import type { Lab } from '../lab/lab.ts';
import { type Cell, type Lane, openLane } from './cells.ts';
import { judge, type Observation } from './judge.ts';
import { runRepetition } from './run-repetition.ts';

/** What became of one repetition of one cell. `broken` is empty where everything held. */
export interface CellResult {
  readonly cell: Cell;
  readonly repetition: number;
  readonly seen: Observation | undefined;
  readonly broken: readonly string[];
}

export interface MatrixSettings {
  readonly cells: readonly Cell[];
  readonly repetitions: number;
  /** Cells at a time. */
  readonly lanes: number;
  readonly onResult?: (result: CellResult) => void;
}

/** Runs every repetition of every cell, several at a time. */
export async function runMatrix(lab: Lab, settings: MatrixSettings): Promise<CellResult[]> {
  const { cells, repetitions, lanes: count, onResult } = settings;
  const waiting = Array.from({ length: repetitions }, (_, repetition) =>
    cells.map((cell) => ({ cell, repetition })),
  ).flat();
  const results: CellResult[] = [];
  const lanes = await Promise.all(Array.from({ length: count }, () => openLane(lab)));
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const result = await runAndJudge(lane, next.cell, next.repetition);
        results.push(result);
        onResult?.(result);
      }
    }),
  );
  return results;
}

async function runAndJudge(lane: Lane, cell: Cell, repetition: number): Promise<CellResult> {
  try {
    const seen = await runRepetition(lane, cell, repetition);
    return { cell, repetition, seen, broken: judge(cell, seen) };
  } catch (error) {
    return { cell, repetition, seen: undefined, broken: [String(error)] };
  }
}
