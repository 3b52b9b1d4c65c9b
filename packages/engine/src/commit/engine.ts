import type { Links } from '../domain/job.ts';
import type { Rules, TransitionContext } from '../domain/rules.ts';
import type { Share } from '../domain/task.ts';
import type { Store, TaskQueue } from '../ports.ts';

/** What all commands of the engine work with. It is passed in, so that tests and the protocol's model bring their own. */
export interface Engine<Storage extends Store = Store> {
  readonly store: Storage;
  readonly queue: TaskQueue;
  readonly rules: Rules;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  /** Called when a wake-up was lost after its commit: the sweeper will make up for it. */
  readonly onLostWake: (error: unknown) => void;
  /** How webhooks name the link under which an account is authorized: see {@link linksOf}. */
  readonly links: Links;
  /** The span under which jobs are admitted now, as `traceparent` has it; absent where nothing is traced. */
  readonly currentTrace?: (() => string | undefined) | undefined;
  /** In a worker: the share of the task that runs. It is given back by the commit that ends the task. */
  readonly share?: Share | undefined;
}

/** What a transition that this engine decides now may know. */
export function contextOf({ now, random, rules }: Engine): TransitionContext {
  return { now: now(), random: random(), rules };
}
