export {
  createPawlClient,
  type CallOptions,
  type CreateJobOptions,
  type GetJobOptions,
  type GetLimitsOptions,
  type ListJobsOptions,
  type ListUsageOptions,
  type PageOptions,
  type PawlClient,
  type PawlClientSettings,
} from './client/create-client.ts';
export {
  PawlAnswerError,
  PawlApiError,
  PawlConnectionError,
  type FieldProblem,
} from './client/errors.ts';
export type { StreamedEvent, StreamEventsOptions } from './client/stream-events.ts';
export type { Readiness } from './client/readiness.ts';
export type { RetrySettings } from './client/retry-idempotent.ts';
export {
  JourneyError,
  runJourney,
  type JourneyDependencies,
  type JourneyOutcome,
} from './journey/run-journey.ts';
export type { LinkHandling } from './journey/authorize.ts';
export { plainReporter, terminalReporter, type Output, type Reporter } from './journey/reporter.ts';
export { linesBetween } from './journey/status-lines.ts';
export { endingExitCodes, exitCodes } from './command/errors.ts';
