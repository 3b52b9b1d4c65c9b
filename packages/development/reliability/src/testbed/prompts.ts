import type { ToolEffect } from '@pawl/contracts';

/**
 * What experiments call. `looked_up`: a tool that writes, in a job whose unknown outcomes are looked up. `function`: an
 * operator's own function that honours the key of each call.
 */
export const toolClasses = ['reads', 'idempotent', 'writes', 'looked_up', 'function'] as const;
export type ToolClass = (typeof toolClasses)[number];

/** The source of the operator's own function. */
export const functionSource = 'experiment';

/** A tool call that a scripted reply asks for. */
export interface ScriptedCall {
  readonly tool: string;
  readonly arguments: Record<string, string>;
}

/** One tool of the sandbox for each class. `gmail_create_draft` is one that writes and is declared idempotent. */
export const toolOf: Record<ToolClass, string> = {
  reads: 'gmail_fetch_mails',
  idempotent: 'gmail_create_draft',
  writes: 'gmail_send_message',
  looked_up: 'gmail_send_message',
  function: 'note_once',
};

/** What the operator says of tools' effects in every experiment. */
export const toolEffects: Record<string, ToolEffect> = { [toolOf.idempotent]: 'idempotent' };

/** A call of this class that differs from every other call of its user by `label`. */
export function callOf(effect: ToolClass, label: string): ScriptedCall {
  return {
    tool: toolOf[effect],
    arguments: argumentsOf(effect, label),
  };
}

function argumentsOf(effect: ToolClass, label: string): ScriptedCall['arguments'] {
  if (effect === 'reads') return { query: label };
  if (effect === 'function') return { text: label };
  return { to: 'someone@example.com', subject: label, body: label };
}

/** A prompt that the stand-in model answers turn by turn as told: with these calls, and at last with text. */
export function promptOf(
  reference: string,
  turns: readonly (readonly ScriptedCall[])[],
  answer = 'Done.',
): string {
  const script = [...turns, [{ text: answer }]];
  return `Experiment ${reference}.\n\`\`\`sandbox\n${JSON.stringify(script)}\n\`\`\``;
}

/** The reference in a prompt that `promptOf` made. */
export function referenceIn(prompt: string): string | undefined {
  return /^Experiment ([\w-]+)\./.exec(prompt)?.[1];
}
