// Plain JavaScript: the scripts use it before anything is built.

/** The shells' convention: 128 and the signal's number. */
export const signalExitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

/**
 * A terminal sends Ctrl-C to every process of its group, and npm passes it on to its child again: a second signal
 * within this time is the same key press.
 */
const samePressMilliseconds = 500;

/** See stop-signals.d.mts. */
export function listenForStop({
  first,
  again,
  signals,
  source = process,
  now = () => performance.now(),
}) {
  let firstAt;
  const listeners = signals.map((name) => {
    const listener = () => {
      if (firstAt === undefined) {
        firstAt = now();
        first(name);
      } else if (now() - firstAt >= samePressMilliseconds) {
        again(name);
      }
    };
    source.on(name, listener);
    return () => source.off(name, listener);
  });
  return () => {
    for (const stop of listeners) stop();
  };
}
