import type { JobState, StopReason } from '@pawl/contracts';

/** The limit that forbids one more model call, or undefined (invariant 10). */
export function limitBeforeTurn(job: Pick<JobState, 'limits' | 'usage'>): StopReason | undefined {
  const { limits, usage } = job;
  if (usage.modelCalls >= limits.turns) return 'turns';
  if (limits.tokens !== undefined && tokensUsed(job) >= limits.tokens) return 'tokens';
  if (limits.cost_usd !== undefined && usage.costUsd >= limits.cost_usd) return 'cost';
  return undefined;
}

/** True when this batch would exceed the limit: then none of it runs. */
export function exceedsToolCalls(job: Pick<JobState, 'limits' | 'usage'>, batch: number): boolean {
  return job.usage.toolCalls + batch > job.limits.tool_calls;
}

/**
 * The output tokens that the next model call may use; undefined without a token limit.
 *
 * @param budget the tokens that are left of the budgets of the job's tenant and user
 */
export function outputCap(
  job: Pick<JobState, 'limits' | 'usage'>,
  budget?: number,
): number | undefined {
  const left = job.limits.tokens === undefined ? undefined : job.limits.tokens - tokensUsed(job);
  return left === undefined || budget === undefined ? (left ?? budget) : Math.min(left, budget);
}

function tokensUsed({ usage }: Pick<JobState, 'usage'>): number {
  return usage.inputTokens + usage.outputTokens;
}
