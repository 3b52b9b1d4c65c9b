import { z } from 'zod';

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
