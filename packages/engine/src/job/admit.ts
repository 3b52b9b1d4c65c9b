import type {
  AdmittedRequest,
  ApprovalPolicy,
  AgentReference,
  JobState,
  Limits,
  UnknownOutcomePolicy,
  WebhookTarget,
} from '@pawl/contracts';
import { buildCommit } from '../commit/build-commit.ts';
import { commitAndWake } from '../commit/commit-and-wake.ts';
import { contextOf, type Engine } from '../commit/engine.ts';
import { nextState } from '../commit/next-state.ts';
import { serializeByJob } from '../commit/transition.ts';
import {
  beginInConversation,
  delayInConversation,
  enterConversation,
  leaveConversation,
  newConversation,
  startNextJob,
} from '../conversation/conversation.ts';
import type { IdempotencyWrite, JobTransition } from '../domain/commit.ts';
import type { Conversation } from '../domain/conversation.ts';
import { isIn } from '../domain/job.ts';
import type { TransitionContext } from '../domain/rules.ts';
import type { ScheduleWrite } from '../domain/commit.ts';
import { roomForJob } from '../tenant/commands.ts';
import type { LimitReached } from '../tenant/limits.ts';
import { freshStep } from './steps.ts';
import { cancel } from './transitions.ts';

export interface Admission {
  readonly id: string;
  /**
   * True: the id was drawn for this admission, and the conversation's too where the job starts it. Then nothing of either
   * is read before the commit, whose fences would notice it.
   */
  readonly isNew?: boolean;
  readonly tenant: string;
  readonly user: string;
  readonly conversation: string;
  /** True: the conversation is made with this job. */
  readonly startsConversation: boolean;
  readonly request: AdmittedRequest;
  /** What the request was resolved with. */
  readonly agent?: AgentReference | undefined;
  readonly limits: Limits;
  readonly onUnknownOutcome: UnknownOutcomePolicy;
  /** See `webhookTarget`. */
  readonly webhook?: WebhookTarget | undefined;
  readonly priority: number;
  readonly startAt?: number;
  readonly whenBusy: 'queue' | 'reject' | 'interrupt';
  readonly schedule?: string;
  readonly underKey?: UnderKey | undefined;
}

export type AdmissionOutcome =
  | { readonly kind: 'admitted'; readonly job: JobState }
  | { readonly kind: 'unknown_conversation' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'full' }
  /** Another request under the same Idempotency-Key was first. */
  | { readonly kind: 'key_taken' }
  | { readonly kind: 'limited'; readonly reached: LimitReached };

/**
 * Accepts a job with one atomic write. Idempotent by the job's id: admitting it again answers the job as it is.
 */
export async function admit(engine: Engine, admission: Admission): Promise<AdmissionOutcome> {
  let attempt = admission;
  for (;;) {
    const existing = attempt.isNew === true ? undefined : await engine.store.readJob(attempt.id);
    if (existing !== undefined) return { kind: 'admitted', job: existing };
    const outcome = await tryToAdmit(engine, attempt);
    if (outcome?.kind === 'admitted') return outcome;
    // Before a refusal, too: whoever was first under the same key may have taken the last place.
    if (await isKeyTaken(engine, admission.underKey)) return { kind: 'key_taken' };
    if (outcome !== undefined) return outcome;
    attempt = { ...admission, isNew: false };
  }
}

/** One attempt; undefined when somebody else committed first. `schedules` are written with the job, or not at all. */
export async function tryToAdmit(
  engine: Engine,
  admission: Admission,
  schedules: readonly ScheduleWrite[] = [],
): Promise<AdmissionOutcome | undefined> {
  const context = contextOf(engine);
  const [stored, room] = await Promise.all([
    admission.isNew === true && admission.startsConversation
      ? undefined
      : engine.store.readConversation(admission.conversation),
    roomForJob(engine, admission, admission.id),
  ]);
  if (stored === undefined && !admission.startsConversation) {
    return { kind: 'unknown_conversation' };
  }
  if (room.kind === 'limited') return room;
  const before = stored ?? null;
  const conversation = before ?? newConversation(identityOf(admission), context);
  const entry = enter(conversation, admission, context);
  if (entry.kind === 'busy' || entry.kind === 'full') return entry;
  const interrupted = await interrupt(engine, admission, entry.conversation);
  if (interrupted === undefined) return undefined;
  const { after, writes } = interrupted;
  const asked = withApproval(admission, room.approve);
  const traced = { trace: engine.currentTrace?.(), ...asked };
  const admitted = newJob(traced, phaseIn(after, admission, context), context.now);
  const commit = await buildCommit(engine, {
    jobs: [...writes, admitted],
    conversation: { before, after },
    schedules,
    idempotency: admission.underKey && { made: admission.id, ...admission.underKey },
    admission: room.bounds,
  });
  return (await commitAndWake(engine, commit))
    ? { kind: 'admitted', job: admitted.after }
    : undefined;
}

/** The job, with what its tenant wants a person to be asked about. */
function withApproval(admission: Admission, policy: ApprovalPolicy | undefined): Admission {
  if (policy === undefined) return admission;
  const { request } = admission;
  const approve = [...(request.tools.approve ?? []), policy];
  return { ...admission, request: { ...request, tools: { ...request.tools, approve } } };
}

type AdmissionContext = Pick<TransitionContext, 'now' | 'rules'>;

function enter(conversation: Conversation, admission: Admission, context: AdmissionContext) {
  const { id: job, whenBusy } = admission;
  return isDelayed(admission, context)
    ? delayInConversation(conversation, { job }, context)
    : enterConversation(conversation, { job, whenBusy }, context);
}

/** @param conversation with the job in it */
function phaseIn(
  { active }: Conversation,
  admission: Admission,
  context: AdmissionContext,
): JobState['phase'] {
  if (isDelayed(admission, context)) {
    return { name: 'scheduled', startAt: admission.startAt, since: 1 };
  }
  return active === admission.id
    ? { name: 'turn', step: freshStep(1, context.now) }
    : { name: 'lined' };
}

function isDelayed(
  admission: Admission,
  { now }: AdmissionContext,
): admission is Admission & { readonly startAt: number } {
  return admission.startAt !== undefined && admission.startAt > now;
}

/** With `interrupt`, the running job is cancelled in the commit that admits the new one, unless that starts later. */
async function interrupt(
  engine: Engine,
  admission: Admission,
  conversation: Conversation,
): Promise<{ after: Conversation; writes: JobTransition[] } | undefined> {
  const { active } = conversation;
  const { id, whenBusy } = admission;
  const interrupts = whenBusy === 'interrupt' && !isDelayed(admission, contextOf(engine));
  if (!interrupts || active === null || active === id) {
    return { after: conversation, writes: [] };
  }
  const running = await engine.store.readJob(active);
  if (running === undefined) return undefined;
  const decision = cancel(running, { by: 'interrupt' }, contextOf(engine));
  if (decision.kind === 'nothing') return { after: conversation, writes: [] };
  const left = leaveConversation(
    conversation,
    { ended: decision.transition.after },
    contextOf(engine),
  );
  return { after: { ...left, revision: conversation.revision }, writes: [decision.transition] };
}

/** The job as its admission makes it. */
function newJob(
  admission: Admission & { readonly trace: string | undefined },
  phase: JobState['phase'],
  now: number,
): JobTransition {
  const { id, tenant, user, limits, onUnknownOutcome, webhook, priority, request } = admission;
  const { schedule, agent, trace } = admission;
  const startsAt = Math.max(now, admission.startAt ?? now);
  const job: JobState = {
    id,
    tenant,
    user,
    conversation: admission.conversation,
    ...(schedule === undefined ? {} : { schedule }),
    ...(agent === undefined ? {} : { agent }),
    ...(trace === undefined ? {} : { trace }),
    sequence: 1,
    createdAt: now,
    expiresAt: startsAt + limits.deadline_seconds * 1_000,
    priority,
    limits,
    onUnknownOutcome,
    ...(webhook === undefined ? {} : { webhook }),
    usage: { modelCalls: 0, toolCalls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 },
    turn: 0,
    model: 0,
    claims: [],
    phase,
  };
  return { before: null, after: job, events: [{ type: 'job.queued' }], steps: [], request };
}

function identityOf({ conversation: id, tenant, user }: Admission) {
  return { id, tenant, user };
}

/** The Idempotency-Key under which something is asked for, as it was found before. */
export type UnderKey = Omit<IdempotencyWrite, 'made'>;

/**
 * After a commit whose fences did not hold: whether that was since another request under the same key was first. Then
 * it has made what this one asks for, and this one must not go on.
 */
export async function isKeyTaken(
  { store }: Engine,
  underKey: UnderKey | undefined,
): Promise<boolean> {
  if (underKey === undefined) return false;
  const { tenant, key, replaces } = underKey;
  const record = await store.readIdempotencyRecord(tenant, key);
  return (record?.replaces ?? null) !== replaces;
}

/**
 * A job with a later start joins its conversation's line when it is due. Many of one conversation may be due at once:
 * they join one after the other, since each of their commits would make the others' fail.
 */
export async function begin(engine: Engine, jobId: string): Promise<void> {
  const job = await engine.store.readJob(jobId);
  if (job === undefined) return;
  await serializeByJob(engine, job.conversation, async () => ({
    result: await join(engine, jobId),
  }));
}

async function join(engine: Engine, jobId: string): Promise<void> {
  for (;;) {
    const job = await engine.store.readJob(jobId);
    if (job === undefined || !isIn(job, 'scheduled')) return;
    const before = await engine.store.readConversation(job.conversation);
    if (before === undefined) return;
    const place = beginInConversation(before, { job: job.id });
    const begun =
      place.kind === 'starts'
        ? startNextJob(job, contextOf(engine))
        : nextState(job, { patch: { phase: { name: 'lined' } } });
    const conversation = { before, after: place.conversation };
    const commit = await buildCommit(engine, { jobs: [begun], conversation });
    if (await commitAndWake(engine, commit)) return;
  }
}
