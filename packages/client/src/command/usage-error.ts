/** The command line or the environment is wrong: nothing was tried. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
