import type { ReplyUsage } from '@pawl/engine';
import { isObject, membersOf, textOf } from './parse-body.ts';

/** No reply has so many tokens, or costs so much: a greater number is taken for this one, so that sums stay numbers. */
const mostTokens = 100_000_000;
const mostUsd = 100_000;

/** What a completion says that it has used; numbers may be texts. What makes no sense counts as nothing. */
export function usageOf(body: Readonly<Record<string, unknown>>, modelAsked: string): ReplyUsage {
  const {
    prompt_tokens: prompt,
    completion_tokens: completion,
    input_tokens: input,
    output_tokens: output,
    total_tokens: total,
    cost,
  } = membersOf(body['usage']);
  const outputTokens = tokens(completion ?? output);
  const known = tokens(prompt ?? input);
  return {
    model: textOf(body['model']) ?? modelAsked,
    inputTokens: known === 0 ? Math.max(0, tokens(total) - outputTokens) : known,
    outputTokens,
    costUsd: Math.min(amount(cost), mostUsd),
  };
}

/** The usage of a body that is no completion; undefined where nothing was paid. */
export function paidFor(body: unknown, modelAsked: string): ReplyUsage | undefined {
  if (!isObject(body)) return undefined;
  const usage = usageOf(body, modelAsked);
  return usage.inputTokens + usage.outputTokens + usage.costUsd > 0 ? usage : undefined;
}

function tokens(value: unknown): number {
  return Math.min(Math.round(amount(value)), mostTokens);
}

function amount(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number > 0 ? number : 0;
}
