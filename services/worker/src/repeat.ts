/**
 * Does something again and again, with a rest of `rest` milliseconds after each time, the first time after `first`. The
 * answer stops it, and resolves when the time that is under way is over. The action must not throw.
 */
export function repeat(
  action: () => Promise<void>,
  { first, rest }: { first: number; rest: number },
): () => Promise<void> {
  let stopped = false;
  let underWay = Promise.resolve();
  let timer = setTimeout(run, first);

  function run(): void {
    underWay = action().finally(() => {
      if (!stopped) timer = setTimeout(run, rest);
    });
  }

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await underWay;
  };
}
