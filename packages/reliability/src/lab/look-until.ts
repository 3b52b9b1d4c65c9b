import { setTimeout as pause } from 'node:timers/promises';

/** Looks again and again: what is found as soon as it is good, or as it is once the patience is over. In milliseconds. */
export async function lookUntil<Found>(
  look: () => Promise<Found>,
  isGood: (found: Found) => boolean,
  { patience, interval }: { readonly patience: number; readonly interval: number },
): Promise<Found> {
  const deadline = performance.now() + patience;
  for (;;) {
    const found = await look();
    if (isGood(found) || performance.now() > deadline) return found;
    await pause(interval);
  }
}
