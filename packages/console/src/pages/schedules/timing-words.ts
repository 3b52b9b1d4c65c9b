import type { Schedule } from '@pawl/client';
import cronstrue from 'cronstrue';

/** When a schedule runs, in words. */
export function timingWords({ cron, timezone, every_seconds: seconds }: Schedule): string {
  if (cron !== null) return `${cronWords(cron)} (${timezone ?? 'UTC'})`;
  return seconds === null ? 'Never' : `Every ${secondsWords(seconds)}`;
}

function cronWords(cron: string): string {
  try {
    return cronstrue.toString(cron, { use24HourTimeFormat: true });
  } catch {
    return cron;
  }
}

const sizes = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

function secondsWords(seconds: number): string {
  for (const [unit, size] of sizes) {
    if (seconds % size !== 0) continue;
    const count = seconds / size;
    return count === 1 ? unit : `${count} ${unit}s`;
  }
  return `${seconds} seconds`;
}
