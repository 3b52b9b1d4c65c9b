/** Values of one attribute; what is undefined is left out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

/** Spans are named here by `traceparent`, the text of the W3C: `00-<trace>-<span>-<flags>`. */
export interface SpanDescription {
  readonly name: string;
  /** `server`: it answers somebody; `client`: it asks somebody. Default: neither. */
  readonly kind?: 'server' | 'client';
  readonly attributes: Attributes;
  /** The span above; null: none, a trace of its own. Absent: the span that is under way. */
  readonly parent?: string | null | undefined;
  /** Spans that have to do with it. */
  readonly links?: readonly (string | undefined)[];
}

/** A span that is over when it is told. */
interface EndedSpan extends SpanDescription {
  /** Sixteen hexadecimal digits. */
  readonly spanId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** What went wrong, as a word or a code. */
  readonly error?: string | undefined;
}

export interface RunningSpan {
  readonly traceparent: string;
  setAttributes(attributes: Attributes): void;
  rename(name: string): void;
  /** @param error what went wrong, as a word or a code */
  fail(error: string): void;
  end(): void;
  /** Does something as a part of the span. */
  run<Result>(work: () => Result): Result;
}

/** Told of spans that could not be sent, and are lost. */
export type ReportLoss = (error: Error, spans: number) => void;

/** What makes the spans of a process. There is none where nothing is traced. */
export interface Tracing {
  start(description: SpanDescription): RunningSpan;
  record(span: EndedSpan): void;
  /** Does something below a span of another process; the attributes are those of each span that is started meanwhile. */
  within<Result>(traceparent: string, attributes: Attributes, work: () => Result): Result;
  /** The span that is under way. */
  current(): string | undefined;
  /** `traceparent` for a request that is a part of the span that is under way; empty where none is. */
  headers(): Readonly<Record<string, string>>;
  /** The trace and the span that is under way, for a line of log. */
  logFields(): Readonly<Record<string, string>>;
  onLoss(report: ReportLoss): void;
  /** Sends what was not sent yet, for a few seconds at most. */
  stop(): Promise<void>;
}
