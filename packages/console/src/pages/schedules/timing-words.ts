import cronstrue from 'cronstrue';

interface Timing {
  readonly cron?: string | null;
  readonly timezone?: string | null;
  readonly every_seconds?: number | null;
}

/** When a schedule runs, in words. */
export function timingWords({ cron, timezone, every_seconds: seconds }: Timing): string {
  if (typeof cron === 'string') return `${cronWords(cron)} (${timezone ?? 'UTC'})`;
  return typeof seconds === 'number' ? `Every ${secondsWords(seconds)}` : 'Never';
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
