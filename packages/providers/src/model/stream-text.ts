import { StringDecoder } from 'node:string_decoder';
import { membersOf } from './parse-body.ts';

/** An event of a stream that is longer is not looked at for its text. */
const mostCharacters = 1_000_000;

/**
 * Reads the text of a reply out of its stream while that comes: what people watch. It is never taken for the reply,
 * which is read from the whole body.
 *
 * @param onText is told each piece of text of the first choice
 * @returns what takes the pieces of the body
 */
export function createTextReader(onText: (text: string) => void): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    if (rest.length > mostCharacters) rest = '';
    for (const line of lines) {
      const text = textIn(line);
      if (text !== undefined) onText(text);
    }
  };
}

function textIn(line: string): string | undefined {
  if (!line.startsWith('data:')) return undefined;
  try {
    const { choices } = membersOf(JSON.parse(line.slice('data:'.length)));
    const { index = 0, delta } = membersOf(Array.isArray(choices) ? choices[0] : undefined);
    const { content } = membersOf(delta);
    return index === 0 && typeof content === 'string' && content !== '' ? content : undefined;
  } catch {
    return undefined;
  }
}
