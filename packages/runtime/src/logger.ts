import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { escapeHazards } from './escape-hazards.ts';
import { serializeError } from './serialize-error.ts';

export type { Logger } from 'pino';

/** The levels that `LOG_LEVEL` may name. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerSettings {
  /** The service's name, on every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** Where lines go; standard output by default. */
  readonly destination?: DestinationStream;
}

const secretKeys = [
  'authorization',
  'Authorization',
  'authorizationDetails',
  'cookie',
  'set-cookie',
  'x-api-key',
  'apiKey',
  'api_key',
  'secret',
  'clientSecret',
  'client_secret',
  'webhookSecret',
  'password',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'id_token',
];

const redactedPaths = secretKeys
  .map((key) => `["${key}"]`)
  .flatMap((key) => [key, `*${key}`, `*.*${key}`]);

/**
 * JSON lines with ISO 8601 times, in which nothing that others wrote can steer a terminal. Values under the name of a secret are redacted down to three
 * levels, and errors (under `err` or `error`) show only what `serializeError` lists.
 */
export function createLogger({ name, level, destination }: LoggerSettings): Logger {
  return pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      hooks: { streamWrite: escapeHazards },
      serializers: { err: serializeErrorField, error: serializeErrorField },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

function serializeErrorField(value: unknown): unknown {
  return serializeError(value);
}
