import type { EndedStatus } from '../journey/snapshot.ts';

/** How the command itself can go wrong, before or without a job's end. */
export const exitCodes = {
  /** The gateway could not be reached, refused the request, or was lost on the way. */
  commandFailed: 1,
  /** The command line or a variable is wrong. */
  usage: 2,
} as const;

/** How a job ended, as the command's exit code. */
export const endingExitCodes = {
  completed: 0,
  failed: 3,
  incomplete: 4,
  cancelled: 5,
  expired: 6,
} as const satisfies Record<EndedStatus, number>;

/** The shells' convention: 128 and the signal's number. */
export const signalExitCodes = {
  SIGINT: 130,
  SIGTERM: 143,
} as const;
