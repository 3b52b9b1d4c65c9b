import type { ToolEffect } from '@pawl/contracts';

/** A tool call that a scripted reply asks for. */
export interface ScriptedCall {
  readonly tool: string;
  readonly arguments: Record<string, string>;
}

/** One tool of the sandbox for each class. `gmail_create_draft` is one that writes and is declared idempotent. */
export const toolOf: Record<ToolEffect, string> = {
  reads: 'gmail_fetch_mails',
  idempotent: 'gmail_create_draft',
  writes: 'gmail_send_message',
};

/** What the operator says of tools' effects in every experiment. */
export const toolEffects = { [toolOf.idempotent]: 'idempotent' } as const;

/** A call of this class that differs from every other call of its user by `label`. */
export function callOf(effect: ToolEffect, label: string): ScriptedCall {
  return {
    tool: toolOf[effect],
    arguments:
      effect === 'reads'
        ? { query: label }
        : { to: 'someone@example.com', subject: label, body: label },
  };
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
