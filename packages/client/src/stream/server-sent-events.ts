import { PawlAnswerError, PawlConnectionError, reasonOf } from '../request/errors.ts';

/** One server-sent event. */
export interface ServerSentEvent {
  /** Of the event, or of the newest one before it that had one. */
  readonly id: string;
  readonly data: string;
}

/** A longer event is not Pawl's. Characters. */
const LONGEST_EVENT = 16_000_000;

/**
 * Reads an answer's body as server-sent events, as the HTML standard says. Ends where the body ends; what was not
 * complete by then is no event.
 *
 * @throws PawlConnectionError when the body breaks off, PawlAnswerError for an event without an end.
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<ServerSentEvent> {
  let id = '';
  let data: string[] = [];
  let size = 0;
  for await (const line of readLines(body, onChunk)) {
    if (line === '') {
      if (data.length > 0) yield { id, data: data.join('\n') };
      data = [];
      size = 0;
      continue;
    }
    size += line.length;
    if (size > LONGEST_EVENT) throw endless();
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (name === 'id' && !value.includes('\0')) id = value;
    else if (name === 'data') data.push(value);
  }
}

async function* readLines(
  body: ReadableStream<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const chunk = await readChunk(reader);
    if (chunk === undefined) return;
    onChunk();
    const text = decoder.decode(chunk, { stream: true });
    // A long line comes in many chunks: it is looked through once, when its end has come.
    const hasEnd = rest.endsWith('\r') || /[\r\n]/.test(text);
    rest += text;
    if (rest.length > LONGEST_EVENT) throw endless();
    if (!hasEnd) continue;
    // A CR at the end of a chunk may be half of a CRLF: it waits for the next one.
    const whole = rest.endsWith('\r') ? rest.slice(0, -1) : rest;
    const lines = whole.split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(whole.length);
    yield* lines;
  }
}

async function readChunk(
  reader: ReadableStreamDefaultReader<Uint8Array>,
): Promise<Uint8Array | undefined> {
  try {
    return (await reader.read()).value;
  } catch (error) {
    throw new PawlConnectionError(`The stream broke off (${reasonOf(error)}).`, { cause: error });
  }
}

function endless(): PawlAnswerError {
  return new PawlAnswerError('An event of the stream does not end.');
}
