import type { JobTask, Task } from '@pawl/contracts';
import type { ReservedNext, StepClaim, Wake } from '@pawl/engine';
import {
  createTaskWorker,
  type Handled,
  type PawlTaskQueue,
  type RunningTask,
  subjectOf,
  type TaskHandler,
  type TaskQueueKeys,
  type TaskWorker,
  type WorkerSlots,
} from '@pawl/queue';
import {
  countRepeats,
  isRedisUnavailable,
  type Logger,
  type RedisConnection,
  type Watchdog,
} from '@pawl/runtime';
import { jobWithTask, type JobWithTask } from '@pawl/store';
import { callTool, goOnWithCall } from './call-tool.ts';
import { deliverWebhook } from './deliver-webhook.ts';
import { fireSchedule } from './fire-schedule.ts';
import { knownAfter, type KnownJob } from './known-job.ts';
import { type ReadAhead, readAhead, readHistory } from './read-ahead.ts';
import { createPoisonGuard } from './poison-guard.ts';
import { goOnWithTurn, takeTurn } from './take-turn.ts';
import { runReadable } from './unreadable.ts';
import { afterClaim, type WorkerDependencies } from './worker.ts';

/** Runs the work of a task: what it is about may be unreadable, or stop the event loop. */
type Watched = (task: Task, work: () => Promise<Handled>) => Promise<Handled>;

export interface TaskWorkersSettings {
  readonly workerId: string;
  readonly shards: number;
  readonly slots: WorkerSlots;
  /** A worker's connection, which BullMQ may block on. */
  readonly connection: RedisConnection;
  readonly prefixOf: TaskQueueKeys['tag'];
  readonly queue: PawlTaskQueue;
  /** Milliseconds. */
  readonly timings: { readonly lockDuration: number; readonly stalledInterval: number };
  readonly log: Logger;
  readonly watchdog?: Watchdog | undefined;
}

/** Starts to take tasks of every kind from every shard. */
export function startTaskWorkers(
  {
    workerId,
    shards,
    slots,
    connection,
    prefixOf,
    queue,
    timings,
    log,
    watchdog,
  }: TaskWorkersSettings,
  dependencies: WorkerDependencies,
): Pick<TaskWorker, 'drain' | 'takeOver'>[] {
  const onError = taskErrorLog(countRepeats(log));
  const { engine, ...others } = dependencies;
  const runGuarded = createPoisonGuard(dependencies.engine);
  /** Its log line says what ran when the event loop stood still. */
  const watched: Watched = (task, work) => {
    const run = () => runReadable(dependencies, subjectOf(task), work);
    return watchdog === undefined ? run() : watchdog.watch(task, run);
  };
  return Array.from({ length: shards }, (_, shard) => {
    const { lockDuration, stalledInterval } = timings;
    const settings = {
      lockDuration,
      stalledInterval,
      connection,
      prefix: prefixOf(shard),
      owner: workerId,
      queue,
      onError,
    };
    const holding = ({ share }: Pick<RunningTask, 'share'>): WorkerDependencies => ({
      engine: { share, ...engine },
      ...others,
      reserveNext,
    });
    const turns = createTaskWorker({
      ...settings,
      slots: slots.turn,
      kind: 'turn',
      reads: engine.store.fieldsWithTask(shard, 'turn'),
      handle: (task, running) => {
        const read = readOf(task, running);
        const { controller } = running;
        return watched(task, () =>
          runGuarded(
            task,
            (guarded) => takeTurn(holding(running), task, { controller, guarded, read }),
            read,
          ),
        );
      },
    });
    const calls = createTaskWorker({
      ...settings,
      slots: slots.tool_call,
      kind: 'tool_call',
      reads: engine.store.fieldsWithTask(shard, 'tool_call'),
      handle: (task, running) =>
        watched(task, () =>
          runGuarded(
            task,
            (guarded) => callTool(holding(running), task, guarded),
            readOf(task, running),
          ),
        ),
    });
    // A step that was claimed as it became ready has lost no worker yet, and needs no guard.
    const turnFrom =
      (
        claim: StepClaim,
        ahead: ReadAhead | undefined,
        known: KnownJob['history'],
      ): TaskHandler<'turn'> =>
      (task, running) => {
        const history = readHistory(afterClaim(dependencies), claim.transition.after, known);
        const { controller } = running;
        return watched(task, () =>
          goOnWithTurn(holding(running), claim, { controller, ahead, history }),
        );
      };
    const callFrom =
      (claim: StepClaim, known: KnownJob | undefined): TaskHandler<'tool_call'> =>
      (task, running) =>
        watched(task, () => goOnWithCall(holding(running), task, { claim, known }));
    /** Reserves a slot for the next step of a job; undefined: it has to be woken. */
    function reserveNext(
      wake: Wake<JobTask>,
      known: KnownJob | undefined,
    ): ReservedNext | undefined {
      const knownBy = ({ transition }: StepClaim) => knownAfter(known, transition);
      if (wake.task.kind === 'turn') {
        const turn = turns.reserve(wake);
        const ahead =
          turn && known && readAhead(afterClaim(dependencies), known.job, () => known.request);
        const run = (claim?: StepClaim) =>
          turn?.run(claim && turnFrom(claim, ahead, knownBy(claim)?.history));
        return turn && { ...turn, run };
      }
      const call = calls.reserve(wake);
      const run = (claim?: StepClaim) => call?.run(claim && callFrom(claim, knownBy(claim)));
      return call && { ...call, run };
    }
    return [
      turns,
      calls,
      createTaskWorker({
        ...settings,
        slots: slots.schedule,
        kind: 'schedule',
        handle: (task) => watched(task, () => fireSchedule(dependencies, task)),
      }),
      createTaskWorker({
        ...settings,
        slots: slots.webhook,
        kind: 'webhook',
        handle: (task, { controller }) =>
          watched(task, () => deliverWebhook(dependencies, task, controller)),
      }),
    ];
  }).flat();
}

function readOf({ job }: JobTask, { read }: Pick<RunningTask, 'read'>): JobWithTask | undefined {
  return read && jobWithTask(job, read);
}

/** While Redis refuses, every look for a task fails. */
function taskErrorLog(
  log: Pick<Logger, 'warn' | 'error'>,
): (error: Error, task: { readonly id: string } | undefined) => void {
  return (error, task) => {
    const fields = { err: error, task: task?.id };
    if (isRedisUnavailable(error)) log.warn(fields, 'Redis refuses: tasks wait');
    else log.error(fields, 'task error');
  };
}
