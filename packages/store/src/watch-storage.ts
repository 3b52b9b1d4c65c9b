import type { Logger } from '@pawl/runtime';
import type { StorageFindings } from './storage-check.ts';

interface WatchSettings {
  readonly check: () => Promise<StorageFindings>;
  readonly log: Pick<Logger, 'error' | 'info'>;
  /** Milliseconds. */
  readonly interval?: number;
}

export interface StorageWatch {
  /** What was found last, as sentences. */
  problems(): readonly string[];
  stop(): void;
}

/** Looks at Redis again and again, and logs what keeps it from working: once when it begins, and when it is over. */
export function watchStorage({ check, log, interval = 5_000 }: WatchSettings): StorageWatch {
  let found: readonly string[] = [];
  const look = async () => {
    const { problems, warnings } = await check();
    const now = [...problems, ...warnings];
    for (const problem of now) {
      if (!found.includes(problem)) log.error({ problem }, 'Redis is not as it should be');
    }
    for (const problem of found) {
      if (!now.includes(problem)) log.info({ problem }, 'Redis is as it should be again');
    }
    found = now;
  };
  void look();
  const timer = setInterval(() => void look(), interval).unref();
  return { problems: () => found, stop: () => clearInterval(timer) };
}
