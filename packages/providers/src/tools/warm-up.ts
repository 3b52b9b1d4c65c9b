/**
 * Lets one call go first. The SDK fetches its token on the first refusal, and once for every call that is refused, so
 * that callers who all start cold would each fetch one. A first call that fails holds nobody back: the calls that
 * follow meet the same failure and report it.
 */
export function createWarmUp(firstCall: () => Promise<unknown>): () => Promise<void> {
  let warm = false;
  let going: Promise<void> | undefined;

  async function goFirst(): Promise<void> {
    try {
      await firstCall();
      warm = true;
    } catch {
      going = undefined;
    }
  }

  return async () => {
    if (warm) return;
    going ??= goFirst();
    await going;
  };
}
