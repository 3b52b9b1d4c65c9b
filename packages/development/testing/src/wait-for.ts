import { setTimeout as pause } from 'node:timers/promises';

export interface WaitSettings {
  /** Default 60,000: a busy machine is no defect. */
  readonly timeoutMilliseconds?: number;
  /** Default 20. */
  readonly intervalMilliseconds?: number;
  /** Named in the error: "the job has ended". */
  readonly what?: string;
}

/**
 * Calls `condition` until it gives something truthy, and gives that. An error that it throws (a
 * failed `expect`, say) counts as "not yet".
 *
 * @throws Error when the time is up, with the last error as its cause.
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  { timeoutMilliseconds = 60_000, intervalMilliseconds = 20, what }: WaitSettings = {},
): Promise<Exclude<T, false | null | undefined | 0 | ''>> {
  const deadline = performance.now() + timeoutMilliseconds;
  let cause: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value as Exclude<T, false | null | undefined | 0 | ''>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await pause(intervalMilliseconds);
  } while (performance.now() < deadline);
  const reason = cause instanceof Error ? `: ${cause.message}` : '';
  throw new Error(
    `Waited ${timeoutMilliseconds} ms in vain for ${what ?? 'the condition'}${reason}`,
    { cause },
  );
}

/** Something that a test lets happen when it wants to, or waits for. */
export interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

export function createGate(): Gate {
  let open: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open?.() };
}
