/** One server-sent event. */
export interface ServerSentEvent {
  /** Of the event, or of the newest one before it that had one. */
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** A longer event is not Pawl's. Characters. */
const LONGEST_EVENT = 16_000_000;

/**
 * Reads an answer's body as server-sent events, as the HTML standard says. Ends where the body ends; what was not
 * complete by then is no event. Throws an Error for an event without an end, and what reading the body throws.
 */
export async function* readServerSentEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  for await (const chunk of body) {
    // A CR at the end of a chunk may be half of a CRLF: it waits for the next one.
    const text = rest + decoder.decode(chunk, { stream: true });
    const whole = text.endsWith('\r') ? text.slice(0, -1) : text;
    const lines = whole.split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + text.slice(whole.length);
    if (rest.length > LONGEST_EVENT) throw new Error('an event of the stream does not end');
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { id, event, data: data.join('\n') };
        event = '';
        data = [];
        continue;
      }
      const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
      if (name === 'id') id = value;
      else if (name === 'event') event = value;
      else if (name === 'data') data.push(value);
    }
  }
}
