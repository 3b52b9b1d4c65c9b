import type { JobState, OpenClaim, ToolCall } from '@pawl/contracts';
import type { PlacedCall } from '../domain/tool.ts';
import type { ToolOutcome } from '../domain/tool.ts';
import { replaceCall } from '../job/steps.ts';

/** What tells one claim of a job's tool calls from every other. */
export type ClaimName = Pick<OpenClaim, 'turn' | 'index' | 'epoch'>;

/**
 * The call as one more claim of it begins, and the job's open claims then. Claims that have timed out by now are no
 * longer named, so that there are never many: those of this call leave it in doubt.
 */
export function beginClaim(
  job: JobState,
  { index, call }: PlacedCall,
  { epoch, until }: Pick<OpenClaim, 'epoch' | 'until'>,
  now: number,
): { readonly call: ToolCall; readonly claims: OpenClaim[] } {
  const isOfCall = (claim: OpenClaim) => claim.turn === job.turn && claim.index === index;
  const isOfOther = (claim: OpenClaim) => claim.turn === job.turn && claim.index !== index;
  const timedOut = job.claims.some((claim) => isOfCall(claim) && claim.until <= now);
  const named = job.claims.filter((claim) => isOfOther(claim) || claim.until > now);
  return {
    call: { ...call, inDoubt: call.inDoubt || timedOut },
    claims: [...named, { turn: job.turn, index, epoch, until }],
  };
}

/** The job's open claims without one that has reported. */
export function withoutClaim(claims: readonly OpenClaim[], over: ClaimName): OpenClaim[] {
  return claims.filter(
    ({ turn, index, epoch }) => turn !== over.turn || index !== over.index || epoch !== over.epoch,
  );
}

/**
 * Takes a claim that has reported out of the job's open claims. Unless the claim provably did nothing, the call is
 * marked as one that may have had its effect, whichever claim settles it later.
 */
export function endClaim(
  job: JobState,
  report: ClaimName & { readonly outcome: ToolOutcome },
): JobState {
  const claims = withoutClaim(job.claims, report);
  const { phase } = job;
  const { kind } = report.outcome;
  const { index } = report;
  const call = phase.name === 'calls' && job.turn === report.turn ? phase.calls[index] : undefined;
  if (phase.name !== 'calls' || call === undefined || call.step.status === 'settled') {
    return { ...job, claims };
  }
  const inDoubt = call.inDoubt || kind === 'unknown' || kind === 'succeeded' || kind === 'accepted';
  const calls = replaceCall(phase.calls, { index, call: { ...call, inDoubt } });
  return { ...job, claims, phase: { ...phase, calls } };
}

/** True unless every claim of this call of the current turn provably did nothing. */
export function mayHaveHappened(job: JobState, { index, call }: PlacedCall): boolean {
  return (
    call.inDoubt || job.claims.some((claim) => claim.turn === job.turn && claim.index === index)
  );
}
