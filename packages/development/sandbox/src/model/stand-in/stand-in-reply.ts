import { currentPrompt, type ChatRequest } from '../chat-request.ts';
import { reasoningDetails } from '../reasoning.ts';
import type { ModelReply } from '../reply.ts';
import { answerWithoutTools, describeCall, describeGoal } from './answers.ts';
import { type KnownCall, readCalls } from './known-calls.ts';
import { callsToMake, planGoals } from './plan.ts';
import { profileTool } from './rank-tools.ts';

/** In characters: of a very long prompt only its beginning and its end are read. */
const readLength = 4_000;

/**
 * The stand-in model: it ranks the given tools by the words of the prompt, takes arguments from
 * the prompt and from earlier results, and answers from what the tools returned. A pure function
 * of the request, so that a repeated request is answered alike (but for the call ids).
 */
export function standInReply(request: ChatRequest): ModelReply {
  const { prompt: whole } = currentPrompt(request.messages);
  const isLong = whole.length > readLength * 2;
  const prompt = isLong ? `${whole.slice(0, readLength)}\n${whole.slice(-readLength)}` : whole;
  const calls = readCalls(request.messages);
  const tools = (request.tools ?? []).map(profileTool);
  const current = calls.filter((call) => call.current);
  const toolOf = ({ tool: name }: KnownCall) =>
    tools.find((tool) => tool.name === name) ??
    profileTool({ type: 'function', function: { name } });
  const describe = (call: KnownCall) => describeCall(call, toolOf(call));
  const read = current.filter((call) => call.error === undefined && !toolOf(call).writes);
  const summary = read.length > 0 ? read.map(describe).join('\n\n') : undefined;

  const states = planGoals({ prompt, tools, calls, summary });
  const toolCalls = request.tool_choice === 'none' ? [] : callsToMake(states);
  if (toolCalls.length > 0) {
    const names = toolCalls.map((call) => call.name).join(', ');
    return { toolCalls, reasoningDetails: reasoningDetails(`This needs ${names}.`) };
  }
  if (states.length > 0) return { text: states.map(describeGoal).join('\n\n') };
  if (current.length > 0) return { text: current.map(describe).join('\n\n') };
  return { text: answerWithoutTools(prompt, tools, calls) };
}
