import { countRepeats, type Logger } from '@pawl/runtime';
import type { Tracing } from './tracing.ts';

export interface TracingSettings {
  /** The service's name, where the variables do not say another. */
  readonly service: string;
  readonly protocol: 'http/protobuf' | 'http/json';
  /** All variables that start with `OTEL_`: the SDK reads them where it looks for them, in the process. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Loads OpenTelemetry, and traces from then on; undefined where nothing is configured: then nothing is loaded. */
export async function startTracing(
  settings: TracingSettings | undefined,
): Promise<Tracing | undefined> {
  if (settings === undefined) return undefined;
  Object.assign(process.env, settings.variables);
  const [{ createTracing }, { OTLPTraceExporter }] = await Promise.all([
    import('./open-telemetry.ts'),
    settings.protocol === 'http/json'
      ? import('@opentelemetry/exporter-trace-otlp-http')
      : import('@opentelemetry/exporter-trace-otlp-proto'),
  ]);
  return createTracing(settings.service, new OTLPTraceExporter());
}

/** Has spans that are lost said in the log: once, and then how often. */
export function logLosses(tracing: Tracing | undefined, log: Logger): void {
  const counted = countRepeats(log);
  tracing?.onLoss((error, spans) =>
    counted.warn({ err: error, spans }, 'traces cannot be sent: their spans are lost'),
  );
}
