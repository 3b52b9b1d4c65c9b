import { setImmediate as soon, setTimeout as pause } from 'node:timers/promises';
import { ShortLivedMap } from '@pawl/contracts';
import { type Job, type JobJson, raw2NextJobData, Worker, type WorkerOptions } from 'bullmq';

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
export interface ReservedSlot<Note> {
  /** Gives it back, unused. */
  free(): void;
  /**
   * Works on the task, which was taken for this worker; then the slot is free.
   *
   * @param note what {@link UnhurriedWorker.noteOf} answers for the task until then
   */
  work(task: JobJson, note: Note): void;
}

/** What BullMQ's loop waits for: a task to come, or one of those that run to end. */
interface BullLoop {
  readonly waiting: Promise<number> | null;
  /** True: it waits for a sign before it looks. */
  drained: boolean;
  /** Until when it waits: for a limit in time, or for the next delayed task. */
  updateDelays(limitDelay?: number, delayUntil?: number): void;
  readonly mainLoopQueue: { add(task: Promise<undefined>): void } | null;
}

/**
 * What take-task.lua answers: the task's hash, its id, 0, when the next one is due, 1 = there may be others, and what was
 * read with it.
 */
export type TakenTask = [string[] | null, string, number, number, 0 | 1, (string | null)[]?];

interface CompletedTask {
  readonly job: Job;
  /** Undefined: nobody has looked, or it is lost. */
  next: TakenTask | undefined;
}

/** Looks for a task, and takes it under this token. Null: BullMQ has to look. */
export type TakeTask = (token: string) => Promise<TakenTask | null>;

/** BullMQ's list of the locks that are renewed. */
interface Locks {
  readonly trackedJobs: ShortLivedMap<string, { readonly token: string }>;
}

/**
 * BullMQ's worker asks for the next task again at once when Redis answers with an error: while Redis refuses, that
 * would keep the process and Redis busy with nothing else. This one rests after any error, longer with each one in a
 * row.
 */
export class UnhurriedWorker<Note = undefined> extends Worker {
  #errors = 0;
  readonly #closing = new AbortController();
  /** The tasks of BullMQ's own loop that run. */
  #busy = 0;
  /** The slots that others have, until each is free again. */
  readonly #beside = new Set<Promise<void>>();
  /** Tasks in these slots. */
  readonly #taken = new ShortLivedMap<Job, Note>();
  /** Tasks that have a slot, and may have no lock yet. */
  readonly #reserved = new Set<string>();
  readonly #take: TakeTask;
  /** What was read with a task, until it is asked for. */
  readonly #read = new ShortLivedMap<Job, readonly (string | null)[]>();
  /** Tasks that BullMQ has as completed, until their work has ended, and what was found in their place. */
  readonly #completed = new ShortLivedMap<string | undefined, CompletedTask>();
  /** Whether BullMQ's loop has room for one more task behind this one. */
  readonly #hasRoom = new ShortLivedMap<Job, () => boolean>();

  constructor(
    name: string,
    process: (job: Job, token?: string) => Promise<void>,
    { take, ...options }: WorkerOptions & { readonly take: TakeTask },
  ) {
    super(name, process, options);
    this.#take = take;
  }

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
   * again. It keeps one, since BullMQ knows no concurrency of 0. The task's lock is renewed from now on. Undefined: there
   * is no slot.
   */
  reserveSlot(id: string, token: string): ReservedSlot<Note> | undefined {
    const beside = this.#beside.size;
    if (this.#busy + beside >= this.#slots || beside >= this.#slots - 1) return undefined;
    let settle: (() => void) | undefined;
    const end = new Promise<void>((resolve) => (settle = resolve));
    this.#beside.add(end);
    this.#shareSlots();
    this.#reserved.add(id);
    this.lockManager.trackJob(id, token, Date.now());
    const free = () => {
      this.#reserved.delete(id);
      this.lockManager.untrackJob(id);
      this.#beside.delete(end);
      this.#shareSlots();
      settle?.();
    };
    return {
      free,
      work: (task, note) => {
        this.#reserved.delete(id);
        const job = this.createJob(task, task.id);
        job.token = token;
        this.#taken.set(job, note);
        this.processJob(job, token, () => false)
          .catch((error: Error) => this.emit('error', error))
          .finally(() => {
            this.#taken.delete(job);
            free();
          });
      },
    };
  }

  /** What the task was given to its slot with; undefined for tasks of BullMQ's own loop. */
  noteOf(job: Job): Note | undefined {
    return this.#taken.get(job);
  }

  #shareSlots(): void {
    const before = this.concurrency;
    this.concurrency = this.#slots - this.#beside.size;
    if (this.concurrency <= before) return;
    // A loop that had no slot left waits for one of its own tasks to end. BullMQ wakes it in the same way when it resumes.
    const { waiting, mainLoopQueue } = this.#loop;
    if (waiting === null) mainLoopQueue?.add(Promise.resolve(undefined));
  }

  get #loop(): BullLoop {
    return this as unknown as BullLoop;
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

  /** What was read in the run in which the task was taken, once. */
  readWith(job: Job): readonly (string | null)[] | undefined {
    const read = this.#read.get(job);
    this.#read.delete(job);
    return read;
  }

  /** BullMQ's loop waits for a sign of a task. */
  get isWaiting(): boolean {
    return this.#loop.waiting !== null;
  }

  /** Whether a task may take the slot of this one of BullMQ's loop. */
  mayTakeNext(job: Job): boolean {
    return !this.closing && !this.paused && this.#hasRoom.get(job)?.() === true;
  }

  /**
   * BullMQ has the task as completed, by a script of others: it has no lock any more, and is not ended again.
   *
   * @param next what the same script has found in its place. Its lock is renewed from now on; it begins when the work
   *   behind the commit is done, which is short
   */
  noteCompleted(job: Job, next?: TakenTask): void {
    this.#completed.set(job.id, { job, next });
    if (next?.[0]) this.lockManager.trackJob(next[1], job.token ?? '', Date.now());
  }

  override async processJob(...parameters: Parameters<Worker['processJob']>) {
    const [job, , hasRoom] = parameters;
    this.#hasRoom.set(job, hasRoom ?? (() => true));
    try {
      return await super.processJob(...parameters);
    } finally {
      this.#hasRoom.delete(job);
    }
  }

  /** Answers the tasks whose locks are lost. */
  override async extendJobLocks(...parameters: Parameters<Worker['extendJobLocks']>) {
    const [ids, tokens] = parameters;
    const lost = await super.extendJobLocks(...parameters);
    // Whoever waits for the answer that a task is completed is told first.
    if (lost.length > 0) await soon();
    const { trackedJobs } = this.lockManager as unknown as Locks;
    // Of tasks that have ended meanwhile, the lock may go.
    const isHeld = (id: string) => trackedJobs.get(id)?.token === tokens[ids.indexOf(id)];
    const missed = lost.filter(
      (id) => isHeld(id) && !this.#reserved.has(id) && !this.#completed.has(id),
    );
    // What was taken and has not begun is another worker's now.
    for (const completed of this.#completed.values()) {
      if (completed.next !== undefined && missed.includes(completed.next[1])) {
        this.lockManager.untrackJob(completed.next[1]);
        completed.next = undefined;
      }
    }
    return missed;
  }

  /** BullMQ's scripts would promote what is due with the look for the next task, to where the newest comes first. */
  protected override async handleCompleted(
    ...[result, job, token, , span]: Parameters<Worker['handleCompleted']>
  ): Promise<Job> {
    const completed = this.#completed.get(job.id);
    let next: Job | undefined;
    if (completed?.job === job) {
      next = await this.#nextAfter(completed, token);
      this.#completed.delete(job.id);
      this.emit('completed', job, result, 'active');
    } else {
      await super.handleCompleted(result, job, token, () => false, span);
      next = await this.#nextWhileLoopWaits(job, token);
    }
    // BullMQ's types leave out that there may be none.
    return next as Job;
  }

  protected override async handleFailed(
    ...[error, job, token, , span]: Parameters<Worker['handleFailed']>
  ): Promise<Job> {
    await super.handleFailed(error, job, token, () => false, span);
    return (await this.#nextWhileLoopWaits(job, token)) as Job;
  }

  /**
   * A loop that waits for a sign may wait in vain: where an operator limits how many tasks run, none is left for those
   * beyond. One that does not wait looks by itself.
   */
  async #nextWhileLoopWaits(job: Job, token: string): Promise<Job | undefined> {
    if (!this.isWaiting || !this.mayTakeNext(job)) return undefined;
    try {
      return await this.moveToActive(token, this.opts.name);
    } catch (error) {
      // BullMQ would end the task once more.
      this.emit('error', error as Error);
      return undefined;
    }
  }

  async #nextAfter({ job, next }: CompletedTask, token: string): Promise<Job | undefined> {
    if (next === undefined) {
      const looks = !this.isWaiting && this.mayTakeNext(job);
      return looks ? this.moveToActive(token, this.opts.name) : undefined;
    }
    try {
      return await this.#jobOf(next, token);
    } catch (error) {
      // It is damaged. It comes back each time its lock runs out, as where the loop has taken it.
      this.lockManager.untrackJob(next[1]);
      this.emit('error', error as Error);
      return undefined;
    }
  }

  /** Locks are renewed until all work has ended. */
  protected override createLockManager(): void {
    super.createLockManager();
    const { lockManager } = this;
    const locks: Locks = { trackedJobs: new ShortLivedMap() };
    Object.assign(lockManager, locks);
    const close = lockManager.close.bind(lockManager);
    const closeLast = async () => {
      await Promise.all(this.#beside);
      await close();
    };
    Object.assign(lockManager, { close: closeLast });
  }

  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    try {
      const task = await this.#look(token, name);
      this.#errors = 0;
      return task;
    } catch (error) {
      await this.#rest();
      // It may have been woken by a sign that is gone now.
      this.#loop.drained = false;
      throw error;
    }
  }

  async #look(token: string, name?: string): Promise<Job> {
    // As BullMQ does: it must have found Redis as it needs it.
    await this.backend.client;
    const taken = await this.#take(token);
    if (taken === null) return super.moveToActive(token, name);
    // BullMQ's types leave out that there may be none.
    return (await this.#jobOf(taken, token)) as Job;
  }

  async #jobOf(taken: TakenTask, token: string): Promise<Job | undefined> {
    const [, , , , hasOthers, read = []] = taken;
    const [task, id, limitDelay, delayUntil] = raw2NextJobData(taken);
    this.#loop.updateDelays(limitDelay, delayUntil);
    const job: Job | undefined = await this.nextJobFromJobData(task, id, token);
    // BullMQ's loop would look once more, in vain, before it waits for a sign.
    if (hasOthers === 0) this.#loop.drained = true;
    if (job !== undefined && read.length > 0) this.#read.set(job, read);
    return job;
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
