import type { Measured } from './measure/usage.ts';
/** A way to work through jobs of a model call, a tool call and a model call, all of which do nothing. */
export interface Contender {
  /** As flags and tables name it. */
  readonly name: string;
  readonly description: string;
  /** Starts its processes, and resolves once they take jobs. */
  start(place: Place): Promise<RunningContender>;
}
/** What contenders are given. */
export interface Place {
  /** A folder of the contender's own, which is deleted afterwards. */
  readonly directory: string;
  /** Of the repository. */
  readonly root: string;
  /** Where CPU profiles of the processes go; undefined: none are made. */
  readonly profiles?: string | undefined;
}
export interface RunningContender extends Measured {
  /** Hands in one job, and resolves when its client knows that it is done. */
  readonly job: () => Promise<void>;
  readonly stop: () => Promise<void>;
}
