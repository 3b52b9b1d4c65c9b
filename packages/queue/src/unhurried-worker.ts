import { setTimeout as pause } from 'node:timers/promises';
import { type Job, Worker } from 'bullmq';

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

  /** Its locks name their owner. BullMQ makes its tokens of the worker's id, once it runs. */
  start(owner: string, onError: (error: Error) => void): void {
    Object.assign(this, { id: owner });
    this.run().catch(onError);
  }

  /** BullMQ's own look for tasks without a lock, now. */
  async lookForStalled(): Promise<void> {
    await this.backend.moveStalledJobsToWait();
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
