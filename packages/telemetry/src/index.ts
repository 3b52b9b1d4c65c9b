export { createMetrics, type Metrics } from './metrics/create-metrics.ts';
export { meterModel, meterStore, meterTools, meterWebhooks } from './metrics/metered-ports.ts';
export type { Recorder } from './metrics/recorder.ts';
export { ageOf, readState, type InstallationState } from './metrics/state.ts';
export { timeCommands } from './metrics/time-commands.ts';
export {
  serveOperations,
  type OperationsServer,
  type OperationsSettings,
} from './serve-operations.ts';
export { inCall, inDelivery, inTurn } from './tracing/job-spans.ts';
export { logLosses, startTracing, type TracingSettings } from './tracing/start-tracing.ts';
export { traceModel, traceStore, traceTools, traceWebhooks } from './tracing/traced-ports.ts';
export type { Tracing } from './tracing/tracing.ts';
export {
  metricsSettings,
  metricsVariables,
  tracingSettings,
  tracingVariables,
} from './variables.ts';
