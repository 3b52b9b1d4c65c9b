/** The headers by which a request names the trace that it is a part of: `traceparent`, or none. */
export type TraceHeaders = () => Readonly<Record<string, string>>;
