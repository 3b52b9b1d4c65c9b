// Imported for its effect: when the process that started this one is gone, does what SIGTERM does.
// npm passes a SIGTERM on to the shell between them alone, which ends without a word to its child.
// What Pawl starts itself needs no polling: see spawnWithParent in packages/development/local-stack.

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];

// Without npm, somebody may have started a script to leave it running behind.
if (process.env.npm_lifecycle_event !== undefined) endWithParent();

function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, 250).unref();
  // The end of the parent is no second signal to what a first one is ending already.
  for (const signal of signals) {
    process.once(signal, () => {
      clearInterval(timer);
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  }
}
