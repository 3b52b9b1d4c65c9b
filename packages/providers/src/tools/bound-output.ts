import { isNestedDeeper, jsonDepthLimit, type Json } from '@pawl/contracts';
import { cut } from '../clean-text.ts';

/**
 * A tool's output; where it is longer than a history can take its beginning, where it is nested more deeply its text.
 * Lengths are characters of JSON.
 */
export function boundOutput(output: Json, maximum: number): Json {
  const text = JSON.stringify(output);
  if (text.length <= maximum) {
    if (!isNestedDeeper(output, jsonDepthLimit)) return output;
    const notice = `The output is nested deeper than ${jsonDepthLimit} levels: this is its JSON as text.`;
    return { notice, text };
  }
  return {
    truncated: true,
    notice:
      `The output was cut: it has ${text.length} characters of JSON, of which ${maximum} are kept. ` +
      'Ask for less at a time to see the rest.',
    beginning: cut(text, maximum),
  };
}

/**
 * What stands for the output of a call that was answered, but whose answer was not read. In gRPC a call that failed is
 * answered with a status and no message, so the tool has done what it was asked to.
 */
export function unreadOutput(reason: string): Json {
  return {
    truncated: true,
    notice:
      `The tool was called and has answered, but its answer was not read: ${reason}. What the tool does was done. ` +
      'If you need its output, ask for less at a time.',
  };
}
