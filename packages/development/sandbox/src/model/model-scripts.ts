import { z } from 'zod';
import type { ChatRequest } from './chat-request.ts';
import { ModelError } from './model-error.ts';
import { type ModelReply, replySchema } from './reply.ts';

const mostScripts = 5_000;

const matchSchema = z.strictObject({
  promptIncludes: z.string().optional(),
  model: z.string().optional(),
});

/**
 * A script that can be sent over HTTP.
 * - `turns`: turn k of a matching prompt is answered with entry k, however often it is asked.
 * - `next`: each entry answers one matching request, in order; then the script is used up.
 */
export const modelScriptSchema = z.union([
  z.strictObject({ match: matchSchema.default({}), turns: z.array(replySchema).min(1) }),
  z.strictObject({ match: matchSchema.default({}), next: z.array(replySchema).min(1) }),
]);

/** The request in the hands of a scripted function. */
export interface ScriptedRequest {
  readonly prompt: string;
  readonly turn: number;
  readonly model: string;
  readonly body: ChatRequest;
}

/** A script in code: `reply` answers every matching request; undefined leaves it to the others. */
export interface ModelFunctionScript {
  readonly match?: z.input<typeof matchSchema>;
  readonly reply: (
    request: ScriptedRequest,
  ) => ModelReply | undefined | Promise<ModelReply | undefined>;
}

export type ModelScript = z.input<typeof modelScriptSchema> | ModelFunctionScript;

export interface ModelScripts {
  /** Throws a ZodError where a script is malformed. */
  add(scripts: readonly ModelScript[]): void;
  clear(): void;
  /** The scripted reply to a request; undefined where no script matches. */
  replyTo(request: ScriptedRequest): Promise<ModelReply | undefined>;
}

type Registered = z.infer<typeof modelScriptSchema> | ModelFunctionScript;

function register(script: ModelScript): Registered {
  return 'reply' in script ? script : modelScriptSchema.parse(script);
}

function matches(script: Registered, request: ScriptedRequest): boolean {
  const { promptIncludes, model } = script.match ?? {};
  return (
    (promptIncludes === undefined || request.prompt.includes(promptIncludes)) &&
    (model === undefined || request.model === model)
  );
}

export function createModelScripts(): ModelScripts {
  let registered: Registered[] = [];
  return {
    add(scripts) {
      if (registered.length + scripts.length > mostScripts) {
        throw new Error(
          `more than ${mostScripts} model scripts: clear them, or use a prompt script`,
        );
      }
      registered = [...registered, ...scripts.map(register)];
    },
    clear() {
      registered = [];
    },
    async replyTo(request) {
      for (const script of registered) {
        if (!matches(script, request)) continue;
        if ('reply' in script) {
          const reply = await script.reply(request);
          if (reply !== undefined) return reply;
          continue;
        }
        if ('turns' in script) {
          const reply = script.turns[request.turn];
          if (reply !== undefined) return reply;
          const reason = `the sandbox's script has no turn ${request.turn} (it has ${script.turns.length})`;
          throw new ModelError(400, 'sandbox_script_exhausted', reason);
        }
        const reply = script.next.shift();
        if (script.next.length === 0) registered = registered.filter((each) => each !== script);
        if (reply !== undefined) return reply;
      }
      return undefined;
    },
  };
}
