/** No `traceparent` that is known, or may come, is longer: what is longer is not looked at. */
const longest = 200;

const form = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

export interface SpanName {
  readonly traceId: string;
  readonly spanId: string;
  readonly isSampled: boolean;
}

/**
 * Reads a `traceparent` that others sent: the ids, and whether they keep the trace. Nothing else of it is believed.
 * Undefined for what is none.
 */
export function parseTraceparent(text: unknown): SpanName | undefined {
  if (typeof text !== 'string' || text.length > longest) return undefined;
  const [, version, traceId = '', spanId = '', flags = '', further] = form.exec(text.trim()) ?? [];
  if (version === undefined || version === 'ff') return undefined;
  if (version === '00' && further !== undefined) return undefined;
  if (/^0*$/.test(traceId) || /^0*$/.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: SpanName): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}
