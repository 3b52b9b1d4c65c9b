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

/**
 * BullMQ's worker asks for the next task again at once when Redis answers with an error: while Redis refuses, that
 * would keep the process and Redis busy with nothing else. This one rests after any error, longer with each one in a
 * row.
 */
export class UnhurriedWorker extends Worker {
  #errors = 0;
  readonly #closing = new AbortController();
  /** Tasks that are worked on now. */
  #busy = 0;
  /** The work on those that did not come by BullMQ's own loop. */
  readonly #beside = new Set<Promise<void>>();

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

  /** Whether it may work on one more task. */
  hasFreeSlot(): boolean {
    return this.#busy < this.#slots;
  }

  /**
   * Works on a task that was taken for this worker, beside BullMQ's own loop: that loop has one slot less meanwhile.
   *
   * @param begin is given the task before the work begins
   */
  workOn(task: JobJson, token: string, begin: (job: Job) => void): void {
    const job = this.createJob(task, task.id);
    job.token = token;
    begin(job);
    const work = this.#workFrom(job, token).finally(() => {
      this.#beside.delete(work);
      this.#shareSlots();
    });
    this.#beside.add(work);
    this.#shareSlots();
  }

  /** Goes on with a task that waits, where BullMQ's loop had no slot left and does not look for one. */
  async #workFrom(first: Job, token: string): Promise<void> {
    const wasFull = () => this.#busy + 1 >= this.#slots;
    try {
      let job: Job | undefined = first;
      while (job !== undefined) job = (await this.processJob(job, token, wasFull)) ?? undefined;
    } catch (error) {
      this.emit('error', error as Error);
    }
  }

  #shareSlots(): void {
    this.concurrency = Math.max(1, this.#slots - this.#beside.size);
  }

  protected override async callProcessJob(job: Job, token: string, signal?: AbortSignal) {
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
