import { setTimeout as pause } from 'node:timers/promises';
import { isRefusedForNow } from '@pawl/runtime';
import { Worker, type Job } from 'bullmq';

/** Milliseconds. */
const rest = 500;

/**
 * BullMQ's worker asks for the next task again at once when Redis answers with an error: while Redis refuses, that
 * would keep the process and Redis busy with nothing else. This one rests in between.
 */
export class UnhurriedWorker extends Worker {
  protected override async moveToActive(token: string, name?: string): Promise<Job> {
    try {
      return await super.moveToActive(token, name);
    } catch (error) {
      if (isRefusedForNow(error)) await pause(rest);
      throw error;
    }
  }

  /** Without a time: the rest after waiting for a task has failed. */
  override async delay(...[milliseconds = rest, abort]: Parameters<Worker['delay']>) {
    await super.delay(milliseconds, abort);
  }
}
