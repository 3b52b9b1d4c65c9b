import { currentPrompt, type ChatRequest } from '../chat-request.ts';
import { reasoningDetails } from '../reasoning.ts';
import type { ModelReply } from '../reply.ts';
import { readGoals } from './goals.ts';
import { readKnowledge } from './knowledge.ts';
import { answerFromEarlier } from './answer-from-earlier.ts';
import { plainAnswer } from './plain-answer.ts';
import { callsToMake, planGoals } from './plan.ts';
import { profileTool } from './tool-profile.ts';
import { describeCall, writeAnswer } from './write-answer.ts';

/** The part of a very long prompt that is read: its beginning and its end, where the wish stands. */
const READ_LENGTH = 4_000;

function readable(prompt: string): string {
  if (prompt.length <= READ_LENGTH * 2) return prompt;
  return `${prompt.slice(0, READ_LENGTH)}\n${prompt.slice(-READ_LENGTH)}`;
}

/**
 * The stand-in model: it ranks the given tools by the words of the prompt, takes arguments from
 * the prompt and from earlier results, and answers from what the tools returned. A pure function
 * of the request, so that a repeated request is answered alike (but for the call ids).
 */
export function standInReply(request: ChatRequest): ModelReply {
  const { prompt: whole } = currentPrompt(request.messages);
  const prompt = readable(whole);
  const calls = readKnowledge(request.messages);
  const mayCall = request.tool_choice !== 'none';
  const tools = (request.tools ?? []).map(profileTool);
  const earlier = calls.filter((call) => !call.current);
  const reading = readGoals(prompt, tools, earlier);
  const current = calls.filter((call) => call.current);
  const style = { summarize: reading.summarize, count: reading.count };
  const writing = new Set(tools.filter((tool) => tool.writes).map((tool) => tool.name));
  const describe = (call: (typeof calls)[number]) =>
    describeCall(call, writing.has(call.tool), style);
  const read = current.filter((call) => call.error === undefined && !writing.has(call.tool));
  const summary = read.length > 0 ? read.map(describe).join('\n\n') : undefined;

  const outcomes = planGoals({ prompt, reading, tools, calls, summary });
  const toolCalls = mayCall ? callsToMake(outcomes) : [];
  if (toolCalls.length > 0) {
    const names = toolCalls.map((call) => call.name).join(', ');
    return { toolCalls, reasoningDetails: reasoningDetails(`This needs ${names}.`) };
  }
  if (outcomes.length > 0) return { text: writeAnswer(outcomes, style) };
  if (current.length > 0) return { text: current.map(describe).join('\n\n') };
  return { text: answerFromEarlier(prompt, earlier) ?? plainAnswer(whole, tools, earlier) };
}
