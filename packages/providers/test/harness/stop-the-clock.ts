import { onTestFinished, vi } from 'vitest';

/**
 * Until the test ends, no time-out of this process runs out, however slow the machine is; the answer lets time pass, in
 * milliseconds.
 */
export function stopTheClock(): (milliseconds: number) => Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  return async (milliseconds) => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  };
}
