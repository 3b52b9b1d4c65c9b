import { collectDefaultMetrics, Registry } from 'prom-client';
import { type ProcessMetric, processMetrics, type StateMetric, stateMetrics } from './catalogue.ts';
import { createRecorder, type Recorder } from './recorder.ts';
import { createStateReader, type StateSources } from './state.ts';

export interface Metrics {
  readonly recorder: Recorder;
  /** Shows what is stored too, from the next scrape on. */
  showState(sources: StateSources): void;
  /** Everything in the text format of Prometheus. Never rejects. */
  expose(): Promise<{ readonly contentType: string; readonly text: string }>;
}

/** Metrics of one process, in a registry of their own. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const recorder = createRecorder(registry, Object.keys(processMetrics) as ProcessMetric[]);
  let readState: (() => Promise<void>) | undefined;
  return {
    recorder,
    showState(sources) {
      const names = Object.keys(stateMetrics) as StateMetric[];
      readState = createStateReader(sources, createRecorder(registry, names));
    },
    async expose() {
      await readState?.();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
