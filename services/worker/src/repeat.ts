/**
 * Does something again and again, the first time after `first` milliseconds, with a rest after each time of as many as
 * the action answers. What is returned stops it, and resolves when the time that is under way is over. The action must
 * not throw.
 */
export function repeat(
  action: () => Promise<number>,
  { first }: { first: number },
): () => Promise<void> {
  let stopped = false;
  let underWay = Promise.resolve();
  let timer = setTimeout(start, first);

  function start(): void {
    underWay = run();
  }

  async function run(): Promise<void> {
    const rest = await action();
    if (!stopped) timer = setTimeout(start, rest);
  }

  return async () => {
    stopped = true;
    clearTimeout(timer);
    await underWay;
  };
}
