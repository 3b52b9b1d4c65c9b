import { setTimeout as pause } from 'node:timers/promises';
import { type Job, type JobJson, Worker } from 'bullmq';

/** Milliseconds: the rest after an error doubles from the first to the longest. */
const firstRest = 250;
const longestRest = 5_000;

/**
 * How long to rest after so many errors in a row (from 1), in milliseconds: with a quarter of jitter, so that the queues
 * of many workers do not come back in step.
 */
export function restAfter(errors: number, random: () => number = Math.random): number {
  const rest = Math.min(firstRest * 2 ** Math.min(errors - 1, 10), longestRest);
  return Math.round(rest * (0.75 + random() / 4));
}

/** A slot of a worker. */
export interface ReservedSlot {
  /** Gives it back, unused. */
  free(): void;
  /** Renews the lock of the task that it is for. */
  hold(id: string, token: string): void;
  /**
   * Works on a task that was taken for this worker under this token; then the slot is free.
   *
   * @param begin is given the task before the work begins
   */
  work(task: JobJson, token: string, begin: (job: Job) => void): void;
}

/** What BullMQ's loop waits for: a task to come, or one of those that run to end. */
interface BullLoop {
  readonly waiting: Promise<number> | null;
  readonly mainLoopQueue: { add(task: Promise<undefined>): void } | null;
}

/**
 * BullMQ's worker asks for the next task again at once when Redis answers with an error: while Redis refuses, that
 * would keep the process and Redis busy with nothing else. This one rests after any error, longer with each one in a
 * row.
 */
export class UnhurriedWorker extends Worker {
  #errors = 0;
  readonly #closing = new AbortController();
  /** The tasks of BullMQ's own loop that run. */
  #busy = 0;
  /** The slots that others have, until each is free again. */
  readonly #beside = new Set<Promise<void>>();
  readonly #taken = new WeakSet<Job>();

  /** Its locks name their owner. BullMQ makes its tokens of the worker's id, once it runs. */
  start(owner: string, onError: (error: Error) => void): void {
    Object.assign(this, { id: owner });
    this.run().catch(onError);
  }

  /** BullMQ's own look for tasks without a lock, now. */
  async lookForStalled(): Promise<void> {
    await this.backend.moveStalledJobsToWait();
  }

  get #slots(): number {
    return this.opts.concurrency ?? 1;
  }

  /**
   * Reserves a slot for a task that does not come by BullMQ's own loop: that loop has one less until the slot is free
   * again. It keeps one, since BullMQ knows no concurrency of 0. Undefined: there is no slot.
   */
  reserveSlot(): ReservedSlot | undefined {
    const beside = this.#beside.size;
    if (this.#busy + beside >= this.#slots || beside >= this.#slots - 1) return undefined;
    let settle: (() => void) | undefined;
    const end = new Promise<void>((resolve) => (settle = resolve));
    this.#beside.add(end);
    this.#shareSlots();
    const free = () => {
      this.#beside.delete(end);
      this.#shareSlots();
      settle?.();
    };
    return {
      free,
      hold: (id, token) => void this.lockManager.trackJob(id, token, Date.now(), true),
      work: (task, token, begin) => {
        const job = this.createJob(task, task.id);
        job.token = token;
        this.#taken.add(job);
        begin(job);
        this.processJob(job, token, () => false)
          .catch((error: Error) => this.emit('error', error))
          .finally(free);
      },
    };
  }

  #shareSlots(): void {
    const before = this.concurrency;
    this.concurrency = this.#slots - this.#beside.size;
    if (this.concurrency <= before) return;
    // A loop that had no slot left waits for one of its own tasks to end. BullMQ wakes it in the same way when it resumes.
    const { waiting, mainLoopQueue } = this as unknown as BullLoop;
    if (!waiting) mainLoopQueue?.add(Promise.resolve(undefined));
  }

  protected override async callProcessJob(job: Job, token: string, signal?: AbortSignal) {
    if (this.#taken.has(job)) return super.callProcessJob(job, token, signal);
    this.#busy += 1;
    try {
      return await super.callProcessJob(job, token, signal);
    } finally {
      this.#busy -= 1;
    }
  }

  /** Locks are renewed until all work has ended. */
  protected override createLockManager(): void {
    super.createLockManager();
    const { lockManager } = this;
    const close = lockManager.close.bind(lockManager);
    const closeLast = async () => {
      await Promise.all(this.#beside);
      await close();
    };
    Object.assign(lockManager, { close: closeLast });
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    try {
      const task = await super.moveToActive(token, name);
      this.#errors = 0;
      return task;
    } catch (error) {
      await this.#rest();
      throw error;
    }
  }

  /** Without a time: the rest after waiting for a task has failed. */
  override async delay(...[milliseconds, abort]: Parameters<Worker['delay']>) {
    if (milliseconds === undefined) await this.#rest();
    else await super.delay(milliseconds, abort);
  }

  override async close(force?: boolean): Promise<void> {
    this.#closing.abort();
    await super.close(force);
  }

  async #rest(): Promise<void> {
    this.#errors += 1;
    const { signal } = this.#closing;
    await pause(restAfter(this.#errors), undefined, { signal }).catch(() => undefined);
  }
}
