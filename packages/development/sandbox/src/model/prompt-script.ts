import { z } from 'zod';
import { invalidRequest, ModelError } from './model-error.ts';
import type { ModelReply } from './reply.ts';

const scriptBlock = /```sandbox\s*\n([\s\S]*?)```/;

const stepSchema = z.union([
  z.strictObject({
    tool: z.string().min(1),
    arguments: z.union([z.record(z.string(), z.unknown()), z.string()]).default({}),
    id: z.string().optional(),
  }),
  z.strictObject({ text: z.string() }),
]);

const turnSchema = z.union([stepSchema.transform((step) => [step]), z.array(stepSchema).min(1)]);

const turnsSchema = z.array(turnSchema).min(1);

const scriptSchema = z.union([
  turnsSchema,
  z.strictObject({ turns: turnsSchema }).transform((script) => script.turns),
]);

function parse(json: string) {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalidRequest(`the prompt's sandbox block is not JSON: ${String(error)}`, 'messages');
  }
  const script = scriptSchema.safeParse(value);
  if (script.success) return script.data;
  const reason = z.prettifyError(script.error);
  throw invalidRequest(`the prompt's sandbox block is no script: ${reason}`, 'messages');
}

/**
 * The reply that a prompt prescribes for a turn by a fenced `sandbox` block with a list of turns;
 * undefined where it has none. Throws `ModelError` for a malformed script and for a turn that it
 * does not have.
 */
export function promptScriptReply(prompt: string, turn: number): ModelReply | undefined {
  const block = scriptBlock.exec(prompt)?.[1];
  if (block === undefined) return undefined;
  const turns = parse(block);
  const steps = turns[turn];
  if (steps === undefined) {
    const reason = `the prompt's sandbox block has no turn ${turn} (it has ${turns.length})`;
    throw new ModelError(400, 'sandbox_script_exhausted', reason);
  }
  const texts = steps.flatMap((step) => ('text' in step ? [step.text] : []));
  const toolCalls = steps.flatMap((step) =>
    'tool' in step ? [{ id: step.id, name: step.tool, arguments: step.arguments }] : [],
  );
  return {
    ...(texts.length > 0 ? { text: texts.join('\n') } : {}),
    ...(toolCalls.length > 0 ? { toolCalls } : {}),
  };
}
