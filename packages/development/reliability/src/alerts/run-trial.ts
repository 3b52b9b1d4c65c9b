import { setTimeout as pause } from 'node:timers/promises';
import { waitFor } from '@pawl/testing/wait-for';
import type { Place } from './place.ts';
import type { Prometheus } from './prometheus.ts';
import type { Trial } from './trial.ts';

export interface TrialResult {
  readonly alert: string;
  readonly broken: string;
  /** Seconds from the fault until the alert fired; undefined: it did not. */
  readonly fired: number | undefined;
  /** Seconds from mending until no alert fired; undefined: one still did. */
  readonly resolved: number | undefined;
  /** What else fired meanwhile. */
  readonly others: readonly string[];
}

/** How long an alert may take to fire, and to end, in milliseconds. */
const patience = 150_000;
const looksEvery = { intervalMilliseconds: 250, timeoutMilliseconds: patience };

/** Breaks something, waits until the alert fires, mends it, and waits until nothing fires any more. */
export async function runTrial(
  { alert, broken, breakIt }: Trial,
  place: Place,
  prometheus: Prometheus,
): Promise<TrialResult> {
  const others = new Set<string>();
  const look = async () => {
    const firing = await prometheus.firing();
    for (const name of firing) if (name !== alert) others.add(name);
    return firing;
  };
  const begun = performance.now();
  const mend = await breakIt(place);
  const fired = await secondsUntil(begun, async () => (await look()).has(alert));
  const mended = performance.now();
  await mend();
  const resolved = await secondsUntil(mended, async () => (await look()).size === 0);
  // What comes next begins with everything seen again.
  await waitFor(() => prometheus.isReady(), looksEvery);
  return { alert, broken, fired, resolved, others: [...others] };
}

/** The alerts that fire though nothing is broken, while jobs run for so many milliseconds. */
export async function watchAtRest(
  place: Place,
  prometheus: Prometheus,
  milliseconds: number,
): Promise<string[]> {
  const firing = new Set<string>();
  const stop = place.repeat(async () => {
    await place.post([{ text: 'Hello.' }]);
    for (const name of await prometheus.firing()) firing.add(name);
  }, 500);
  await pause(milliseconds);
  await stop();
  return [...firing];
}

async function secondsUntil(
  begun: number,
  holds: () => Promise<boolean>,
): Promise<number | undefined> {
  try {
    await waitFor(holds, looksEvery);
    return (performance.now() - begun) / 1_000;
  } catch {
    return undefined;
  }
}
