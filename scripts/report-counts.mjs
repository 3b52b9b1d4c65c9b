/** Runs everything, then prints the sum as the last line; a failure sets the exit code. */
export async function reportCounts(run) {
  let counts;
  try {
    counts = await run();
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    counts = [{ passed: 0, failed: 1 }];
  }
  const sum = (name) => counts.reduce((total, one) => total + one[name], 0);
  const failed = sum('failed');
  process.stdout.write(`${sum('passed')} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
}
