import type { ToolCall } from '@pawl/contracts';
import type { ToolOutcome } from '../ports.ts';

/** The call, with a claim of it begun: it may have its effect from now on. */
export function beginClaim(
  call: ToolCall,
  { epoch, until }: { epoch: number; until: number },
): ToolCall {
  return { ...call, claims: [...call.claims, { epoch, until }] };
}

/**
 * The call, with a claim of it over. What provably did nothing leaves no trace; everything else may have had its
 * effect, also where it is not this claim that settles the call.
 */
export function endClaim(
  call: ToolCall,
  { epoch, outcome }: { epoch: number; outcome: ToolOutcome },
): ToolCall {
  const claims = call.claims.filter((claim) => claim.epoch !== epoch);
  const inDoubt = call.inDoubt || outcome.kind === 'unknown' || outcome.kind === 'succeeded';
  return { ...call, claims, inDoubt };
}

/** True unless every claim of this call provably did nothing. */
export function mayHaveHappened({ claims, inDoubt }: ToolCall): boolean {
  return inDoubt || claims.length > 0;
}
