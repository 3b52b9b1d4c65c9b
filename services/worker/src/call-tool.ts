import {
  formatCallId,
  randomToken,
  type JobState,
  type JsonObject,
  type ToolCall,
  type ToolCallTask,
} from '@pawl/contracts';
import {
  applyTransition,
  claimCall,
  type StepClaim,
  contextOf,
  type GuardedState,
  hashOfCall,
  recordOutcome,
} from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import { inCall } from '@pawl/telemetry';
import { checkAccount } from './check-account.ts';
import { goingOn, knownAfter, type KnownJob } from './known-job.ts';
import { lookUpOutcome } from './look-up-outcome.ts';
import { afterClaim, type WorkerDependencies } from './worker.ts';

/** What making a call works with. */
export type CallDependencies = Pick<
  WorkerDependencies,
  | 'engine'
  | 'reserveNext'
  | 'knownHistories'
  | 'tools'
  | 'runningCalls'
  | 'settings'
  | 'log'
  | 'tracing'
  | 'persistentStore'
>;

const done: Handled = { kind: 'done' };

/** One tool call of a turn: write that it starts, make it, commit what came of it (invariant 5). */
export async function callTool(
  worker: CallDependencies,
  task: ToolCallTask,
  { known, putOff }: GuardedState,
): Promise<Handled> {
  const { engine, log } = worker;
  // Read before the claim: after it, every failure would make a writing call's outcome unknown.
  const record = await engine.store.readCall(task.job, task.turn, task.index);
  const { arguments: input = {} } = record;
  const hash = hashOfCall(record.tool, input);
  const claim = await applyTransition(
    engine,
    task.job,
    (job) => putOff(job) ?? claimCall(job, { ...task, hash }, contextOf(engine)),
    { known },
  );
  switch (claim.kind) {
    case 'claimed':
      await makeClaimedCall(worker, task, {
        job: claim.transition.after,
        call: claim.call,
        epoch: claim.epoch,
        input,
      });
      return done;
    case 'looking':
      await inCall(worker.tracing, claim.transition.after, task.index, () =>
        lookUpOutcome(afterClaim(worker), task, { claim, record }),
      );
      return done;
    case 'check_account':
      await checkAccount(worker, task.job, claim.connection);
      return done;
    case 'early':
      return { kind: 'later', at: claim.at };
    case 'settled':
      log.warn({ job: task.job, turn: task.turn, call: task.index }, 'tool call given up');
      return done;
    case 'nothing':
      log.debug({ job: task.job, since: task.since, reason: claim.reason }, 'stale task');
      return done;
  }
}

/** The same from the claim on, where that was a part of the reply's commit. */
export async function goOnWithCall(
  worker: CallDependencies,
  task: ToolCallTask,
  { claim, known }: { readonly claim: StepClaim; readonly known: KnownJob | undefined },
): Promise<Handled> {
  const { epoch } = claim;
  const { after: job, steps } = claim.transition;
  const call = job.phase.name === 'calls' ? job.phase.calls[task.index] : undefined;
  const record = steps.find((step) => step.kind === 'call' && step.index === task.index);
  if (call === undefined || record?.kind !== 'call') {
    throw new Error(`what was committed has no call ${task.index}`);
  }
  const input = record.arguments ?? {};
  await makeClaimedCall(worker, task, { job, call, epoch, input, known });
  return done;
}

async function makeClaimedCall(
  worker: CallDependencies,
  task: ToolCallTask,
  started: StartedCall,
): Promise<void> {
  await inCall(worker.tracing, started.job, task.index, () =>
    runCall(afterClaim(worker), task, started),
  );
}

interface StartedCall {
  readonly job: JobState;
  readonly call: ToolCall;
  readonly epoch: number;
  readonly input: JsonObject;
  readonly known?: KnownJob | undefined;
}

async function runCall(
  worker: CallDependencies,
  task: ToolCallTask,
  { job, call, epoch, input, known }: StartedCall,
): Promise<void> {
  const { engine, tools, runningCalls, settings, log } = worker;
  const { tenant, user } = job;
  const { connection, tool, effect } = call;
  const startedAt = engine.now();
  const name = `${job.id} ${task.turn} ${task.index} ${epoch}`;
  const { outcome, stopped } = await runningCalls.run(name, async (signal) => ({
    outcome: await tools.execute(
      {
        tenant,
        user,
        connection,
        tool,
        effect,
        arguments: input,
        jobId: job.id,
        callId: formatCallId({ job: job.id, turn: task.turn, index: task.index }),
      },
      signal,
    ),
    stopped: signal.aborted,
  }));
  log.info(
    {
      job: job.id,
      turn: task.turn,
      call: task.index,
      tool,
      connection,
      outcome: outcome.kind,
      milliseconds: engine.now() - startedAt,
      ...('failure' in outcome ? { code: outcome.failure.code } : {}),
      ...(settings.logContent ? { arguments: input, answer: outcome } : {}),
    },
    'tool called',
  );
  if (outcome.kind === 'account_inactive') tools.forget({ tenant, user, connection });
  const onward = goingOn(worker.reserveNext, known);
  const { turn, index } = task;
  const report = { turn, index, epoch, outcome, stopped, link: randomToken() };
  const decision = await applyTransition(
    engine,
    job.id,
    (fresh) => recordOutcome(fresh, report, contextOf(engine)),
    // A worker that has to stop gives the step back.
    stopped ? {} : { reserveNext: onward.reserveNext },
  );
  if (decision.kind === 'commit' && !onward.hasGoneOn()) {
    worker.knownHistories.remember(knownAfter(known, decision.transition));
  }
  if (decision.kind === 'commit' && outcome.kind === 'account_inactive') {
    await recheck(worker, job.id, index);
  }
}

/** The account may have become active between the refusal and the commit of the wait (invariant 8). */
async function recheck(worker: CallDependencies, jobId: string, index: number): Promise<void> {
  const job = await worker.engine.store.readJob(jobId);
  const call = job?.phase.name === 'calls' ? job.phase.calls[index] : undefined;
  if (call?.step.status === 'blocked') await checkAccount(worker, jobId, call.connection);
}
