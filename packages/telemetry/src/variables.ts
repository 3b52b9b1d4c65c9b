import type { EnvironmentSource } from '@pawl/runtime';
import { z } from 'zod';
import type { TracingSettings } from './tracing/start-tracing.ts';

/** Where a process shows its metrics, in an environment schema. Without a port it keeps none. */
export const metricsVariables = {
  METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe('The port of /metrics, /healthz and /readyz of this process.'),
  METRICS_HOST: z.string().default('127.0.0.1'),
} as const;

/** What the variables say; undefined: nothing is measured. */
export function metricsSettings({
  METRICS_PORT: port,
  METRICS_HOST: host,
}: {
  readonly METRICS_PORT?: number | undefined;
  readonly METRICS_HOST: string;
}): { readonly host: string; readonly port: number } | undefined {
  return port === undefined ? undefined : { host, port };
}

const endpoint = z.url({
  protocol: /^https?$/,
  error: 'it must be a URL that starts with http:// or https://',
});

const protocol = z
  .enum(['http/protobuf', 'http/json'])
  .describe('Traces are sent over HTTP: set it to http/protobuf or http/json.');

/** What of OpenTelemetry's own variables is looked at here. The SDK reads the others. */
export const tracingVariables = {
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_TRACES_EXPORTER: z
    .enum(['otlp', 'none'])
    .default('otlp')
    .describe('Set it to otlp, or to none for no traces.'),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .optional(),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
} as const;

type TracingEnvironment = z.output<z.ZodObject<typeof tracingVariables>>;

/** What the variables say; undefined: nothing is traced. */
export function tracingSettings(
  service: string,
  environment: TracingEnvironment,
  source: EnvironmentSource,
): TracingSettings | undefined {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: ofAll,
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: ofTraces,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocolOfAll = 'http/protobuf',
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol = protocolOfAll,
    OTEL_TRACES_EXPORTER: exporter,
    OTEL_SDK_DISABLED: disabled = '',
  } = environment;
  if ((ofAll ?? ofTraces) === undefined || exporter === 'none') return undefined;
  if (disabled.toLowerCase() === 'true') return undefined;
  const variables = Object.entries(source).flatMap(([name, value]) =>
    name.startsWith('OTEL_') && value !== undefined ? [[name, value] as const] : [],
  );
  return { service, protocol, variables: Object.fromEntries(variables) };
}
