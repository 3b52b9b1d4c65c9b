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
export { metricsSettings, metricsVariables } from './variables.ts';
