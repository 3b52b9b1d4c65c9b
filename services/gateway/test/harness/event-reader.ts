export interface ReceivedEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: { readonly type: string; readonly id?: number; readonly [name: string]: unknown };
}

export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** All events until the stream ends, or until one that `until` wants. */
  read(until?: (event: ReceivedEvent) => boolean): Promise<ReceivedEvent[]>;
  /** Closes the connection. */
  leave(): void;
}

/** Opens a stream of server-sent events, and reads it as a browser does. */
export async function openEvents(
  url: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const leaving = new AbortController();
  const response = await fetch(url, { headers, signal: leaving.signal });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    status: response.status,
    headers: response.headers,
    leave: () => leaving.abort(),
    async read(until = () => false) {
      const events: ReceivedEvent[] = [];
      for (;;) {
        const end = text.indexOf('\n\n');
        if (end !== -1) {
          const event = parseBlock(text.slice(0, end));
          text = text.slice(end + 2);
          if (event === undefined) continue;
          events.push(event);
          if (until(event)) return events;
          continue;
        }
        const piece = await reader?.read();
        if (piece === undefined || piece.done) return events;
        text += piece.value;
      }
    },
  };
}

/** Undefined: it has no data, so it is no event. */
function parseBlock(block: string): ReceivedEvent | undefined {
  const fields = new Map(
    block.split('\n').map((line) => {
      const [name = '', ...rest] = line.split(': ');
      return [name, rest.join(': ')] as const;
    }),
  );
  const data = fields.get('data');
  if (data === undefined) return undefined;
  return { id: fields.get('id'), event: fields.get('event') ?? '', data: JSON.parse(data) };
}
