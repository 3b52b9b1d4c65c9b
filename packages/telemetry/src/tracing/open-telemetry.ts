import { hostname } from 'node:os';
import {
  type Context,
  createContextKey,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  RandomIdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import { reportingExporter } from './reporting-exporter.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';
import type { Attributes, ReportLoss, RunningSpan, SpanDescription, Tracing } from './tracing.ts';

/** What spans get that is still to be sent when the process stops, in milliseconds. */
const flushTime = 3_000;

const inherited = createContextKey('attributes of every span');

const kinds = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/**
 * Spans by the OpenTelemetry SDK. It reads its own variables of the environment: sampler, limits, the queue of spans to be
 * sent. Nothing is registered for the whole process, so that it gets in the way of no other SDK in it.
 *
 * @param service what `OTEL_SERVICE_NAME` is, where it is not set
 */
export function createTracing(service: string, exporter: SpanExporter): Tracing {
  const contexts = new AsyncLocalStorageContextManager().enable();
  const ids = createIds();
  let report: ReportLoss | undefined;
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: defaultResource()
      .merge(
        resourceFromAttributes({
          'service.name': service,
          'service.instance.id': `${hostname()}:${process.pid}`,
        }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    // The queue is bounded: what does not fit is dropped, and nobody waits.
    spanProcessors: [
      new BatchSpanProcessor(
        reportingExporter(exporter, (error, spans) =>
          // A loss belongs to no span, even if one was under way when sending began.
          contexts.with(ROOT_CONTEXT, () => report?.(error, spans)),
        ),
      ),
    ],
  });
  const tracer = provider.getTracer('pawl');

  function contextFor({ parent }: SpanDescription): Context {
    const active = contexts.active();
    if (parent === undefined) return active;
    if (parent === null) return trace.deleteSpan(active);
    return below(active, parent);
  }

  function begin(description: SpanDescription, startTime?: number): { span: Span; above: Context } {
    const { name, kind, attributes, links = [] } = description;
    const above = contextFor(description);
    const span = tracer.startSpan(
      name,
      {
        kind: kind === undefined ? SpanKind.INTERNAL : kinds[kind],
        attributes: plain({ ...(above.getValue(inherited) as Attributes), ...attributes }),
        links: links.flatMap((link) => {
          const context = spanContextOf(link);
          return context === undefined ? [] : [{ context }];
        }),
        ...(startTime === undefined ? {} : { startTime }),
      },
      above,
    );
    return { span, above };
  }

  return {
    start(description): RunningSpan {
      const { span, above } = begin(description);
      const within = trace.setSpan(above, span);
      return {
        traceparent: traceparentOf(span.spanContext()),
        setAttributes: (attributes) => void span.setAttributes(plain(attributes)),
        rename: (name) => void span.updateName(name),
        fail: (error) => markFailed(span, error),
        end: () => span.end(),
        run: (work) => contexts.with(within, work),
      };
    },
    record({ spanId, startedAt, endedAt, error, ...description }) {
      ids.choose(spanId);
      const { span } = begin(description, startedAt);
      if (error !== undefined) markFailed(span, error);
      span.end(endedAt);
    },
    within: (traceparent, attributes, work) =>
      contexts.with(below(ROOT_CONTEXT, traceparent).setValue(inherited, attributes), work),
    current() {
      const context = trace.getSpanContext(contexts.active());
      return context && traceparentOf(context);
    },
    headers() {
      const context = trace.getSpanContext(contexts.active());
      return context === undefined ? {} : { traceparent: traceparentOf(context) };
    },
    logFields() {
      const context = trace.getSpanContext(contexts.active());
      return context === undefined ? {} : { trace_id: context.traceId, span_id: context.spanId };
    },
    onLoss(told) {
      report = told;
    },
    async stop() {
      const timeUp = new AbortController();
      const flushed = provider.shutdown().catch(() => undefined);
      await Promise.race([flushed, elapsed(flushTime, timeUp.signal)]);
      timeUp.abort();
      contexts.disable();
    },
  };
}

/** Random ids, but for a span whose id is known before it is made: it is made at once, so no other can come between. */
function createIds() {
  const random = new RandomIdGenerator();
  let next: string | undefined;
  return {
    choose(spanId: string): void {
      next = spanId;
    },
    generateTraceId: () => random.generateTraceId(),
    generateSpanId(): string {
      const chosen = next ?? random.generateSpanId();
      next = undefined;
      return chosen;
    },
  };
}

function below(context: Context, traceparent: string): Context {
  const parent = spanContextOf(traceparent);
  return parent === undefined ? context : trace.setSpanContext(context, parent);
}

function spanContextOf(traceparent: string | undefined): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (parsed === undefined) return undefined;
  const { traceId, spanId, isSampled } = parsed;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true };
}

function traceparentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return formatTraceparent({ traceId, spanId, isSampled: (traceFlags & TraceFlags.SAMPLED) !== 0 });
}

function markFailed(span: Span, error: string): void {
  span.setAttribute('error.type', error);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function plain(attributes: Attributes): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, typeof value === 'object' ? [...value] : value]];
    }),
  );
}

async function elapsed(milliseconds: number, over: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    over.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
