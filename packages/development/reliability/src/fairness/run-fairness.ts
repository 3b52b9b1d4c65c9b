import { setTimeout as pause } from 'node:timers/promises';
import { probes, type Load } from './loads.ts';
import { withPlace, type Place } from './place.ts';

/** Milliseconds that b waited, with nobody else there, and beside a's load: one number for each probe. */
export interface Waits {
  readonly load: string;
  readonly step: number;
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/** On services of their own: b alone, then the load, then b beside it. */
export async function measureLoad(checkout: string, load: Load): Promise<Waits> {
  return withPlace(checkout, async (place) => {
    // The first job of a process pays for what is loaded once.
    await load.probe(place, 'warm-up');
    const alone = await probeAll(place, load, 'alone');
    await load.start(place);
    const beside = await probeAll(place, load, 'beside');
    return { load: load.name, step: load.step, alone, beside };
  });
}

async function probeAll(place: Place, load: Load, name: string): Promise<number[]> {
  const waits: number[] = [];
  for (let probe = 1; probe <= (load.probes ?? probes); probe += 1) {
    if (probe > 1) await pause(200);
    waits.push(await load.probe(place, `${name}-${probe}`));
  }
  return waits;
}

/** What is aimed at: never more than a second, nor more than three times the time alone and one step of the load. */
function isFair({ step, alone, beside }: Waits): boolean {
  const bound = Math.min(1_000, 3 * Math.max(...alone) + step);
  return Math.max(...beside) <= bound;
}

/** A table in Markdown. */
export function formatWaits(all: readonly Waits[]): string {
  const rows = all.map((waits) => [
    waits.load,
    seconds(median(waits.alone)),
    seconds(median(waits.beside)),
    seconds(Math.max(...waits.beside)),
    isFair(waits) ? 'yes' : 'no',
  ]);
  const head = ['load by a', 'b alone', 'b beside it', 'the longest', 'as aimed'];
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function seconds(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1_000).toFixed(1)} s`;
}
