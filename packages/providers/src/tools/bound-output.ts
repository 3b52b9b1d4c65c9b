import { Code, ConnectError, type Interceptor } from '@connectrpc/connect';
import { isNestedDeeper, type Json, jsonDepthLimit } from '@pawl/contracts';
import { cut } from '../clean-text.ts';

/** Characters of JSON of one result that a job keeps. */
export const keptCharacters = 400_000;

/** An output as a job keeps it. */
export function keptOutput(output: Json): Json {
  return boundOutput(output, keptCharacters);
}

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

/** An answer came, and was not read: it has too many bytes, or is nested too deeply. */
export type UnreadReason = 'too_large' | 'too_deep';

/** What the answer's message says, since the SDK keeps nothing but code and message of an error. */
const markers: Readonly<Record<UnreadReason, string>> = {
  too_large: 'pawl: the answer is too large to be read',
  too_deep: 'pawl: the answer is nested too deeply to be read',
};

/**
 * Levels of messages that are read. JSON in protobuf takes two for each of its own: results of 500 levels can be read,
 * and are then cut by `boundOutput`. The library's own limit, 100, is what a result of 50 levels reaches.
 */
export const messageDepthLimit = 1_000;

/**
 * Tells the library's refusal to read an answer from refusals that the other side answers: both are "resource exhausted"
 * or "internal" to it.
 */
export const markUnreadAnswers: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    const reason = error instanceof ConnectError ? reasonOf(error) : undefined;
    if (reason === undefined) throw error;
    throw new ConnectError(markers[reason], Code.DataLoss);
  }
};

/** @param message an error's, of a call that `markUnreadAnswers` has passed on */
export function unreadReason(message: string): UnreadReason | undefined {
  if (message.includes(markers.too_large)) return 'too_large';
  return message.includes(markers.too_deep) ? 'too_deep' : undefined;
}

function reasonOf({ code, rawMessage }: ConnectError): UnreadReason | undefined {
  if (code === Code.ResourceExhausted && /larger than configured readMaxBytes/.test(rawMessage)) {
    return 'too_large';
  }
  return code === Code.Internal && /maximum recursion depth/.test(rawMessage)
    ? 'too_deep'
    : undefined;
}
