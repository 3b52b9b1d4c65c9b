import { type AdmittedRequest, type JobState, randomToken, type TurnTask } from '@pawl/contracts';
import {
  answerAtOnce,
  begin,
  blockTurn,
  checkableCalls,
  checkAnswer,
  type StepClaim,
  countSuperseded,
  effectOf,
  failTurn,
  type GuardedState,
  isStopped,
  type LimitReached,
  meaningOf,
  type ModelFailure,
  type ModelReply,
  notMadeBecause,
  type OfferedTool,
  outputCap,
  prepareCalls,
  recordReply,
  releaseTurn,
  requestedCalls,
  type SentMessages,
  stopName,
  stopTurn,
  takeClaim,
  applyTransition,
  contextOf,
} from '@pawl/engine';
import type { Handled } from '@pawl/queue';
import { answerBuiltIns, builtInTools, toolsOffered } from './built-in-tools.ts';
import { type DeltaWriter, type JobWithTask, runningReply } from '@pawl/store';
import { inTurn } from '@pawl/telemetry';
import { checkAccount } from './check-account.ts';
import type { KnownJob } from './known-job.ts';
import { checkFor } from './look-up-outcome.ts';
import { pauseOf, pauseProvider, waitForProvider } from './pause-turn.ts';
import { type History, type ReadAhead, readAhead, readHistory } from './read-ahead.ts';
import { checkArguments, loadTools, messagesFor } from './turn-input.ts';
import { afterClaim, type WorkerDependencies } from './worker.ts';

const done: Handled = { kind: 'done' };

/** Milliseconds after which it is looked anew whether somebody watches. */
const moment = 20;

/** One call of the model within a job: claim, call, commit the reply. */
export async function takeTurn(
  worker: WorkerDependencies,
  task: TurnTask,
  {
    controller,
    guarded,
    read,
  }: {
    readonly controller: AbortController;
    readonly guarded: GuardedState;
    /** The job, where it was read with the task. */
    readonly read?: JobWithTask | undefined;
  },
): Promise<Handled> {
  const { engine } = worker;
  const { known } = guarded;
  const ahead = known && readAhead(afterClaim(worker), known, read?.request);
  const history =
    known && readHistory(afterClaim(worker), known, worker.knownHistories.recall(known));
  const claim = await takeClaim(engine, task, guarded);
  switch (claim.kind) {
    case 'claimed': {
      // Of another state than that which was claimed from, something may be missing.
      const isWhole = claim.transition.before === known;
      const whole = isWhole ? history : undefined;
      return goOnWithTurn(worker, claim, { controller, ahead, history: whole });
    }
    case 'due':
      await begin(engine, task.job);
      return done;
    case 'check_account':
      await checkAccount(worker, task.job, claim.connection);
      return done;
    case 'early':
      return { kind: 'later', at: claim.at };
    case 'ended':
      worker.log.info({ job: task.job }, 'job ended before its turn');
      return done;
    case 'parked': {
      const { scope, value } = claim.reached;
      worker.log.info({ job: task.job, scope, value }, 'job waits for one in progress to end');
      return done;
    }
    case 'nothing':
      worker.log.debug({ job: task.job, since: task.since, reason: claim.reason }, 'stale task');
      return done;
  }
}

/** The same from the claim on, where that was a part of the commit that made the turn ready. */
export async function goOnWithTurn(
  worker: WorkerDependencies,
  { transition: { after: job }, epoch }: StepClaim,
  {
    controller,
    ahead,
    history = readHistory(afterClaim(worker), job),
  }: {
    readonly controller: AbortController;
    readonly ahead?: ReadAhead | undefined;
    readonly history?: Promise<History> | undefined;
  },
): Promise<Handled> {
  const claimed = afterClaim(worker);
  const turn = {
    job,
    epoch,
    ahead: ahead ?? readAhead(claimed, job),
    history,
    // One that was read before the claim has this commit behind it, whatever a Redis may have lost.
    conversation: ahead?.conversation,
  };
  const name = stopName(job.id, job.turn, epoch);
  // From the claim on, so that no stop falls between it and the model call.
  await worker.runningCalls.run(
    name,
    (signal) => inTurn(worker.tracing, job, () => runTurn(claimed, turn, signal)),
    { controller, isLost: async () => isStopped(await worker.engine.store.readJob(job.id), name) },
  );
  return done;
}

interface StartedTurn {
  /** As the claim left it. */
  readonly job: JobState;
  readonly epoch: number;
  readonly ahead: ReadAhead;
  readonly history: Promise<History>;
  readonly conversation: ReadAhead['conversation'] | undefined;
}

async function runTurn(
  worker: WorkerDependencies,
  turn: StartedTurn,
  signal: AbortSignal,
): Promise<void> {
  const { engine, log } = worker;
  const { job } = turn;
  const lookedUpAt = engine.now();
  const [request, budget] = await Promise.all([turn.ahead.request, turn.ahead.budget]);
  if (budget.kind === 'used_up') return stop(worker, turn, budget.reached);
  const pausedUntil = pauseOf(worker, request.models[job.model] ?? '');
  if (pausedUntil !== undefined) {
    return waitForProvider(worker, turn, { request, until: pausedUntil });
  }
  const loaded = await loadTools(worker, job, request);
  if (loaded.kind === 'account_inactive') return block(worker, turn, loaded.connection);
  if (loaded.kind !== 'loaded') {
    const failed = { failure: loaded, cause: 'lookup', request, startedAt: lookedUpAt } as const;
    return fail(worker, turn, failed);
  }
  const [history, wasWatched] = await Promise.all([turn.history, turn.ahead.isWatched]);
  // Somebody may have come while tools were listed.
  const looksAgain = !wasWatched && engine.now() - lookedUpAt > moment;
  const isWatched = looksAgain
    ? await engine.store.isJobWatched(job.id).catch(() => false)
    : wasWatched;
  const given = messagesFor(worker.settings, job, { request, history });
  const { messages, steps, known, isCut, sent, hasEarlierParts } = given;
  const offered = toolsOffered(loaded.tools, {
    request,
    messages,
    steps,
    isCut,
    limit: worker.settings.toolLimit,
  });
  const cap = outputCap(job, budget.tokens);
  const startedAt = engine.now();
  const deltas = isWatched ? watchedReply(worker, turn) : undefined;
  const outcome = await worker.model.complete(
    {
      model: request.models[job.model] ?? '',
      messages,
      tools: offered,
      options: request.modelOptions,
      jobId: job.id,
      ...(request.responseFormat === undefined ? {} : { responseFormat: request.responseFormat }),
      ...(cap === undefined ? {} : { outputCap: cap }),
    },
    signal,
    deltas?.add,
  );
  if (outcome.kind === 'reply') deltas?.flush();
  else deltas?.discard();
  const line = { job: job.id, turn: job.turn, milliseconds: engine.now() - startedAt };
  if (outcome.kind === 'aborted') {
    log.info(line, 'turn given back');
    await applyTransition(engine, job.id, (fresh) => releaseTurn(fresh, turn, contextOf(engine)));
    return;
  }
  if (outcome.kind !== 'reply') {
    const about = { cause: 'model', request, startedAt, hasEarlierParts } as const;
    const failed = { failure: outcome, ...about };
    const isTooLong = outcome.kind === 'context_length';
    return fail(worker, turn, isTooLong ? { ...failed, sent: sent() } : failed);
  }
  const { reply } = outcome;
  const calls = await commitReply(worker, turn, { reply, tools: loaded.tools, known });
  log.info(
    {
      calls,
      ...line,
      model: reply.model,
      input: reply.inputTokens,
      output: reply.outputTokens,
      ...(worker.settings.logContent ? { messages, reply: reply.message } : {}),
    },
    calls === undefined ? 'turn superseded' : 'turn taken',
  );
}

/** What tells the reply to those who watch while it comes. Where nobody does, the model is not streamed. */
function watchedReply(
  { engine: { store } }: WorkerDependencies,
  { job }: StartedTurn,
): DeltaWriter | undefined {
  const reply = runningReply(job);
  return reply === undefined ? undefined : store.writeDeltas(job.id, reply);
}

/** How many tool calls the reply asks for; undefined when the turn was somebody else's by then. */
async function commitReply(
  { engine, reserveNext, settings, schemas }: WorkerDependencies,
  { job, epoch, conversation }: StartedTurn,
  result: { reply: ModelReply; tools: readonly OfferedTool[]; known: KnownJob },
): Promise<number | undefined> {
  const { reply, tools, known } = result;
  const { request } = known;
  const requested = requestedCalls(reply.message);
  const toolsOfCalls = { tools: [...tools, ...builtInTools], policy: request.tools };
  const checkable = checkableCalls(requested, toolsOfCalls);
  const problems = await checkArguments(schemas, checkable);
  const answers = await answerBuiltIns(engine.store, { job, calls: checkable, ...toolsOfCalls });
  const notMade = notMadeBecause(meaningOf(reply));
  const answer = await checkAnswer(request.responseFormat, reply, (schema, json) =>
    schemas.check(schema, json),
  );
  const checkOf = (tool: OfferedTool['tool']) => {
    const check = checkFor(settings.checks, { tool: tool.name, connection: tool.connection });
    return check && { wait: check.wait_seconds * 1_000 };
  };
  const toolSet = {
    link: randomToken(),
    ...toolsOfCalls,
    effectOf: (tool: OfferedTool['tool']) => effectOf(tool, settings.toolEffects),
    checkOf: request.looksUp === true ? checkOf : undefined,
    problemsOf: (index: number) => problems.get(index) ?? [],
  };
  const decide = (fresh: JobState) => {
    const context = contextOf(engine);
    const { now } = context;
    const { turn } = job;
    const calls = { turn, sequence: fresh.sequence + 1, now, notMade };
    const prepared = answerAtOnce(prepareCalls(requested, toolSet, calls), answers, { turn, now });
    const requestedModel = request.models[job.model] ?? '';
    const toolsLoaded = tools.length;
    const recorded = { epoch, reply, prepared, toolsLoaded, requestedModel, answer };
    return recordReply(fresh, recorded, context);
  };
  const decision = await applyTransition(engine, job.id, decide, {
    reserveNext: reserveNext && ((wake) => reserveNext(wake, known)),
    conversation,
  });
  if (decision.kind === 'commit') return requested.length;
  await applyTransition(engine, job.id, (fresh) => countSuperseded(fresh, { spent: reply }));
  return undefined;
}

/** A budget of the tenant or the user is used up: the job ends here, before the model call. */
async function stop(
  { engine, log }: WorkerDependencies,
  { job, epoch }: StartedTurn,
  { scope, name, value }: LimitReached,
): Promise<void> {
  log.info({ job: job.id, turn: job.turn, scope, limit: name, value }, 'budget used up');
  await applyTransition(engine, job.id, (fresh) => stopTurn(fresh, { epoch }, contextOf(engine)));
}

interface FailedTurn {
  readonly failure: ModelFailure;
  readonly cause: 'model' | 'lookup';
  readonly request: AdmittedRequest;
  readonly startedAt: number;
  readonly sent?: SentMessages;
  readonly hasEarlierParts?: boolean;
}

async function fail(
  worker: WorkerDependencies,
  { job, epoch }: StartedTurn,
  { failure, cause, request, startedAt, sent, hasEarlierParts }: FailedTurn,
): Promise<void> {
  const { engine, log } = worker;
  log.warn(
    {
      job: job.id,
      turn: job.turn,
      milliseconds: engine.now() - startedAt,
      cause,
      code: failure.failure.code,
      kind: failure.kind,
    },
    'turn failed',
  );
  const models = request.models.length;
  const elsewhere = await pauseProvider(worker, job, { failure, request });
  const tried = { failure, cause, models, elsewhere, hasEarlierParts };
  const failed = { epoch, ...tried, ...(sent && { sent }) };
  const decision = await applyTransition(engine, job.id, (fresh) =>
    failTurn(fresh, failed, contextOf(engine)),
  );
  const spent = 'usage' in failure ? failure.usage : undefined;
  if (decision.kind === 'commit' || spent === undefined) return;
  await applyTransition(engine, job.id, (fresh) => countSuperseded(fresh, { spent }));
}

/** The job waits as state only; its cause is looked at once more after the commit (invariant 8). */
async function block(
  worker: WorkerDependencies,
  { job, epoch }: StartedTurn,
  connection: string,
): Promise<void> {
  const { engine } = worker;
  const link = randomToken();
  const decision = await applyTransition(engine, job.id, (fresh) =>
    blockTurn(fresh, { epoch, connection, link }, contextOf(engine)),
  );
  if (decision.kind !== 'commit') return;
  worker.log.info({ job: job.id, turn: job.turn, connection }, 'job waits for an account');
  await checkAccount(worker, job.id, connection);
}
