import { type ChatRequest, currentPrompt } from './chat-request.ts';
import { jsonFor } from './json-answer.ts';
import type { ModelScripts } from './model-scripts.ts';
import { promptScriptReply } from './prompt-script.ts';
import { type Answer, answerFromReply, type ModelReply } from './reply.ts';
import { standInReply } from './stand-in/stand-in-reply.ts';
import { limitAnswer } from './usage.ts';

/** The stand-in's text as JSON where the request asks for JSON; scripted text goes out as it is. */
function formatted(request: ChatRequest, reply: ModelReply): ModelReply {
  const format = request.response_format;
  if (reply.text === undefined || !format || format.type === 'text') return reply;
  const schema = format.json_schema?.schema ?? { type: 'object', properties: { answer: {} } };
  return { ...reply, text: JSON.stringify(jsonFor(schema, reply.text)) };
}

/** A registered script answers first, then the prompt's own script, then the stand-in. */
export async function answerRequest(
  request: ChatRequest,
  model: string,
  scripts: ModelScripts,
): Promise<Answer> {
  const { prompt, turn } = currentPrompt(request.messages);
  const scripted =
    (await scripts.replyTo({ prompt, turn, model, body: request })) ??
    promptScriptReply(prompt, turn);
  const reply = scripted ?? formatted(request, standInReply(request));
  const maxTokens = request.max_completion_tokens ?? request.max_tokens ?? undefined;
  return limitAnswer(answerFromReply(reply), maxTokens);
}

/** Tool calls whose arguments are no JSON, as models sometimes write them. */
export function spoilArguments(answer: Answer): Answer {
  return {
    ...answer,
    toolCalls: answer.toolCalls.map((call) => ({
      ...call,
      arguments: `${call.arguments.replace(/\}$/, '')}, "unfinished: `,
    })),
  };
}
