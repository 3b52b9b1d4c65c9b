import type { Json } from '@pawl/contracts';
import { cut } from '../clean-text.ts';

/** A tool's output, or its beginning where it is longer than a history can take. Lengths are characters of JSON. */
export function boundOutput(output: Json, maximum: number): Json {
  const text = JSON.stringify(output);
  if (text.length <= maximum) return output;
  return {
    truncated: true,
    notice:
      `The output was cut: it has ${text.length} characters of JSON, of which ${maximum} are kept. ` +
      'Ask for less at a time to see the rest.',
    beginning: cut(text, maximum),
  };
}
