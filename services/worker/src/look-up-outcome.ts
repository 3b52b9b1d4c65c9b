import { formatCallId, type CallRecord, type Json, type ToolCallTask } from '@pawl/contracts';
import {
  applyTransition,
  contextOf,
  hashOfCall,
  lookUp,
  type LookupClaim,
  type LookupVerdict,
  type OutcomeCheck,
  proofIn,
  recordLookup,
  type ToolOutcome,
  wellFormed,
} from '@pawl/engine';
import type { WorkerDependencies } from './worker.ts';

type LookupDependencies = Pick<
  WorkerDependencies,
  'engine' | 'tools' | 'runningCalls' | 'settings' | 'log'
>;

interface Looking {
  readonly claim: LookupClaim;
  readonly record: CallRecord;
}

/** The check by which calls of a tool are looked up; undefined: they cannot be. */
export function checkFor(
  checks: readonly OutcomeCheck[],
  { tool, connection }: { readonly tool: string; readonly connection: string },
): OutcomeCheck | undefined {
  return checks.find(
    (check) =>
      check.tool === tool && (check.connection === undefined || check.connection === connection),
  );
}

/** Nobody knows whether the call happened: a reading tool of the same account shows it, or a person is asked. */
export async function lookUpOutcome(
  worker: LookupDependencies,
  task: ToolCallTask,
  looking: Looking,
): Promise<void> {
  const { engine, log } = worker;
  const { turn, index } = task;
  const verdict = await look(worker, task, looking);
  const { tool } = looking.claim.call;
  log.info({ job: task.job, turn, call: index, tool, verdict: verdict.kind }, 'outcome looked up');
  const { since } = looking.claim.lookup;
  await applyTransition(engine, task.job, (job) =>
    recordLookup(job, { turn, index, since, verdict }, contextOf(engine)),
  );
}

async function look(
  worker: LookupDependencies,
  { job: id, turn, index }: ToolCallTask,
  { claim, record }: Looking,
): Promise<LookupVerdict> {
  const { engine, tools, runningCalls, settings } = worker;
  const { call, lookup } = claim;
  const { tenant, user } = claim.transition.after;
  const check = checkFor(settings.checks, call);
  if (check === undefined) {
    return { kind: 'failed', message: 'its check is configured no more', retryable: false };
  }
  const input = record.arguments ?? {};
  const checked = { arguments: input, after: lookup.after };
  const asked = lookUp(check, checked);
  const lookedAt = engine.now();
  const outcome = await runningCalls.run(`${id} ${turn} ${index} look`, (signal) =>
    tools.execute(
      {
        tenant,
        user,
        connection: call.connection,
        tool: check.look.tool,
        arguments: asked,
        effect: 'reads',
        jobId: id,
        // A key of its own: the look is another call, and each of them reads anew.
        callId: `${formatCallId({ job: id, turn, index })}-look-${lookup.since}-${lookup.attempts}`,
      },
      signal,
    ),
  );
  if (outcome.kind !== 'succeeded') return failedLook(check, outcome);
  const proof = proofIn(check, checked, outcome.output);
  const others = await identicalCalls(worker, record, { job: id, after: lookup.after });
  const [evidence] = proof.matches;
  if (evidence !== undefined && proof.matches.length > others) {
    return { kind: 'found', with: check.look.tool, evidence };
  }
  return {
    kind: 'absent',
    lookedAt,
    meansNotDone: check.absent_means_not_done && proof.matches.length === 0,
    lookedFor: describe(check, asked, { seen: proof.seen, matches: proof.matches.length }),
  };
}

/** How many other calls of the job have the same arguments and may have been made since: each needs its own proof. */
async function identicalCalls(
  { engine }: Pick<LookupDependencies, 'engine'>,
  { turn, index, tool, arguments: input = {} }: CallRecord,
  { job, after }: { readonly job: string; readonly after: number },
): Promise<number> {
  const steps = await engine.store.readSteps(job);
  const hash = hashOfCall(tool, input);
  return steps.filter((step) => {
    if (step.kind !== 'call' || (step.turn === turn && step.index === index)) return false;
    if (hashOfCall(step.tool, step.arguments ?? {}) !== hash) return false;
    const outcome = steps.find(
      (other) => other.kind === 'outcome' && other.turn === step.turn && other.index === step.index,
    );
    const isOver =
      outcome?.kind === 'outcome' && outcome.finishedAt < Math.floor(after / 1_000) * 1_000;
    const wasRefused = outcome?.kind === 'outcome' && outcome.attempts === 0;
    return !isOver && !wasRefused;
  }).length;
}

function failedLook(
  { look: { tool } }: OutcomeCheck,
  outcome: Exclude<ToolOutcome, { kind: 'succeeded' }>,
): LookupVerdict {
  if (outcome.kind === 'accepted') {
    return { kind: 'failed', message: `${tool} gave no answer at once`, retryable: false };
  }
  const { kind, failure } = outcome;
  return {
    kind: 'failed',
    message: `${tool}: ${failure.message}`,
    // Nothing is changed by looking again.
    retryable: kind === 'unknown' || kind === 'not_executed',
    retryAfter: kind === 'not_executed' ? outcome.retryAfter : undefined,
  };
}

const mostShown = 600;

function describe(
  { look: { tool } }: OutcomeCheck,
  asked: Json,
  { seen, matches }: { readonly seen: number; readonly matches: number },
): string {
  const text = JSON.stringify(asked);
  const shown = text.length > mostShown ? `${wellFormed(text.slice(0, mostShown))}…` : text;
  const also =
    matches === 0 ? '' : `, ${matches} of which are like it, as many as other calls made`;
  return `${tool} with ${shown} showed ${seen} entries${also}`;
}
