import {
  endUnreadableJob,
  type Engine,
  isDamagedRecord,
  NewerRecordError,
  passOverUnreadable,
} from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import type { Logger } from '@pawl/runtime';
import type { PawlStore } from '@pawl/store';

interface Dependencies {
  readonly engine: Engine<PawlStore>;
  readonly log: Logger;
}

/**
 * What becomes of a job, a conversation, a delivery or a schedule whose work has met a record that cannot be read.
 * `left`: it is a newer version's to go on with. `quarantined`: nobody can go on with it, and it does not come up again.
 */
export type Unreadable = 'left' | 'quarantined';

/** Undefined for every other error. A record is complained about once. */
export async function dealWithUnreadable(
  dependencies: Dependencies,
  id: string,
  error: unknown,
): Promise<Unreadable | undefined> {
  const { engine, log } = dependencies;
  if (error instanceof NewerRecordError) {
    log.debug({ id, err: error }, 'left to a newer version');
    return 'left';
  }
  if (!isDamagedRecord(error)) return undefined;
  const isJob = id.startsWith('job_');
  if (isJob && (await endsAsFailed(engine, id, error))) {
    log.error({ id, err: error }, 'a record of a job cannot be read: the job has failed');
    return 'quarantined';
  }
  if (!(await engine.store.quarantine(id, engine.now()))) return 'quarantined';
  const quarantined = await engine.store.countQuarantined();
  log.error({ id, quarantined, err: error }, 'a record cannot be read: it is quarantined');
  if (isJob) await passOver(dependencies, id);
  return 'quarantined';
}

/** A job whose state can be read is told that something else of it cannot. */
async function endsAsFailed(engine: Engine, id: string, error: Error): Promise<boolean> {
  try {
    return await endUnreadableJob(engine, id, `${error.message}.`);
  } catch (again) {
    if (isDamagedRecord(again)) return false;
    throw again;
  }
}

async function passOver({ engine, log }: Dependencies, job: string): Promise<void> {
  try {
    const conversation = await engine.store.conversationOfUnreadable(job);
    if (conversation !== undefined) await passOverUnreadable(engine, { job, conversation });
  } catch (error) {
    if (!isDamagedRecord(error)) throw error;
    log.debug({ job, err: error }, 'its conversation cannot be read either');
  }
}

/** How long a task is put off whose record only a newer version can read, in milliseconds. */
const patience = 5_000;

/** Runs a task's work; a record that cannot be read does not make the task fail again and again. */
export async function runReadable(
  dependencies: Dependencies,
  id: string,
  work: () => Promise<Handled>,
): Promise<Handled> {
  try {
    return await work();
  } catch (error) {
    switch (await dealWithUnreadable(dependencies, id, error)) {
      case 'left':
        return { kind: 'later', at: dependencies.engine.now() + patience };
      case 'quarantined':
        return { kind: 'done' };
      case undefined:
        throw error;
    }
  }
}
