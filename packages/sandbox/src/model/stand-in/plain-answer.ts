import type { KnownCall } from './knowledge.ts';
import type { ToolProfile } from './tool-profile.ts';
import { shorten } from './words.ts';

const CONNECTOR_NAMES: Record<string, string> = {
  gmail: 'Gmail',
  github: 'GitHub',
  slack: 'Slack',
};

function toolSummary(tools: readonly ToolProfile[]): string {
  if (tools.length === 0) return 'I have no tools in this conversation.';
  const connectors = [
    ...new Set(tools.map((tool) => CONNECTOR_NAMES[tool.connector] ?? tool.connector)),
  ];
  const examples = tools.slice(0, 3).map((tool) => tool.name);
  return `I have ${tools.length} tools for ${connectors.join(', ')}, for example ${examples.join(', ')}.`;
}

/** The answer to a prompt that no tool fits. It claims nothing that the stand-in does not know. */
export function plainAnswer(
  prompt: string,
  tools: readonly ToolProfile[],
  earlier: readonly KnownCall[],
): string {
  const text = prompt.trim();
  if (/^\W*(hi|hello|hey|good (morning|afternoon|evening))\b.{0,30}$/is.test(text)) {
    return `Hello! I am the sandbox's stand-in model. ${toolSummary(tools)}`;
  }
  if (/^\W*(thanks|thank you|great|perfect|ok(ay)?)\b.{0,40}$/is.test(text)) {
    return earlier.length > 0
      ? 'You are welcome. Is there anything else to do?'
      : 'You are welcome.';
  }
  if (/\b(what can you do|help me|which tools|what tools|who are you|what are you)\b/i.test(text)) {
    return `I am the sandbox's stand-in model, not a real one. ${toolSummary(tools)}`;
  }
  const sum = /^\D*?(-?\d+(?:\.\d+)?)\s*([-+*/x×])\s*(-?\d+(?:\.\d+)?)\D*$/.exec(text);
  if (sum?.[1] && sum[2] && sum[3]) {
    const [a, b] = [Number(sum[1]), Number(sum[3])];
    const results: Record<string, number> = { '+': a + b, '-': a - b, '/': a / b };
    return `${sum[1]} ${sum[2]} ${sum[3]} = ${results[sum[2]] ?? a * b}`;
  }
  return `No tool is needed or fits here, so I called none. I am the sandbox's stand-in model: a real model would answer “${shorten(text, 160)}” from its own knowledge.`;
}
