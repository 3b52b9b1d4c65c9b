import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { escapeHazards } from './escape-hazards.ts';

export type { Logger } from 'pino';

/** The levels that `LOG_LEVEL` may name. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerSettings {
  /** The service's name, on every line. */
  readonly name: string;
  readonly level: LogLevel;
  /** What every line has besides, as it is at that moment. */
  readonly fields?: (() => object) | undefined;
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
export function createLogger({ name, level, fields, destination }: LoggerSettings): Logger {
  return pino(
    {
      name,
      level,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: redactedPaths, censor: '[redacted]' },
      hooks: { streamWrite: escapeHazards },
      ...(fields === undefined ? {} : { mixin: fields }),
      serializers: { err: serializeErrorField, error: serializeErrorField },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

function serializeErrorField(value: unknown): unknown {
  return serializeError(value);
}

/** What a log line tells of an error. */
export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly status?: number;
  readonly stack?: string;
  readonly cause?: SerializedError;
  readonly errors?: readonly SerializedError[];
}

const maximalDepth = 4;

/**
 * An error for the log, by a list of what may be shown: the errors of HTTP clients carry request
 * headers, bodies and live tokens, and those must not reach a log.
 */
export function serializeError(error: unknown, depth = 0): SerializedError {
  if (!(error instanceof Error)) return { type: typeof error, message: describe(error) };
  const { code, status } = error as { code?: unknown; status?: unknown };
  const mayDescend = depth < maximalDepth;
  return {
    type: error.name,
    message: maskSecrets(error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof status === 'number' && { status }),
    ...(error.stack !== undefined && { stack: maskSecrets(error.stack) }),
    ...(mayDescend &&
      error.cause !== undefined && { cause: serializeError(error.cause, depth + 1) }),
    ...(mayDescend &&
      error instanceof AggregateError && {
        errors: error.errors.map((inner: unknown) => serializeError(inner, depth + 1)),
      }),
  };
}

function describe(thrown: unknown): string {
  return typeof thrown === 'string' ? maskSecrets(thrown) : 'something that is not an Error';
}

const maskings: readonly (readonly [RegExp, string])[] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]*@/gi, '$1[redacted]@'],
  [/\b(bearer|basic)\s+[\w~+/.=-]{8,}/gi, '$1 [redacted]'],
  [/\b(sk|pk|rk)-[\w*-]{8,}/g, '[redacted]'],
  [/\bwhsec_[\w+/=-]{8,}/g, '[redacted]'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/([?&](?:access_token|refresh_token|client_secret|token|code)=)[^&\s"']+/gi, '$1[redacted]'],
];

/** Replaces what looks like a credential in free text: URL passwords, bearer values, API keys, JWTs. */
export function maskSecrets(text: string): string {
  return maskings.reduce((masked, [pattern, mask]) => masked.replace(pattern, mask), text);
}
