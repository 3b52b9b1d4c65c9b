import type { Contender } from '../contender.ts';
export declare const prefix = '{bench}';
export declare const doneChannel = '{bench}:done';
export declare const keep: {
  removeOnComplete: {
    count: number;
  };
  removeOnFail: {
    count: number;
  };
};
/** The floor: three tasks that wake each other, each of which stores its outcome by a compare-and-set in Lua. */
export declare const bareChain: Contender;
/** What many write: one task, whose steps are stored one by one. A worker that dies does the current step again. */
export declare const oneTask: Contender;
