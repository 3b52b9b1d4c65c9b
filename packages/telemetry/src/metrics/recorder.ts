import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import {
  type MetricSpecification,
  type ProcessMetric,
  processMetrics,
  type StateMetric,
  stateMetrics,
} from './catalogue.ts';
import { createLabelBound } from './label-bound.ts';

type Metrics = typeof processMetrics & typeof stateMetrics;

type Named<Type extends MetricSpecification['type']> = {
  [Name in keyof Metrics]: Metrics[Name]['type'] extends Type ? Name : never;
}[keyof Metrics];

type Labels<Name extends keyof Metrics> = Readonly<
  Record<Metrics[Name]['labels'][number], string | number>
>;

/** Counts and measures by the names of the catalogue: a name, or a label, that it does not have is no type. */
export interface Recorder {
  count<Name extends Named<'counter'>>(name: Name, labels: Labels<Name>, by?: number): void;
  observe<Name extends Named<'histogram'>>(name: Name, labels: Labels<Name>, value: number): void;
  set<Name extends Named<'gauge'>>(name: Name, labels: Labels<Name>, value: number): void;
  /** Forgets every series of a gauge. */
  reset(name: Named<'gauge'>): void;
}

/** Values of one label: more of them share one series. */
const mostValues = 200;

/** Makes these metrics in the registry. */
export function createRecorder(
  registry: Registry,
  names: readonly (ProcessMetric | StateMetric)[],
): Recorder {
  const counters = new Map<string, Counter>();
  const gauges = new Map<string, Gauge>();
  const histograms = new Map<string, Histogram>();
  const all: Record<string, MetricSpecification> = { ...processMetrics, ...stateMetrics };
  for (const name of names) {
    const { type, help, labels, buckets } = all[name] ?? unknown(name);
    const settings = { name, help, labelNames: [...labels], registers: [registry] };
    if (type === 'counter') counters.set(name, new Counter(settings));
    else if (type === 'gauge') gauges.set(name, new Gauge(settings));
    else histograms.set(name, new Histogram({ ...settings, buckets: [...(buckets ?? [])] }));
  }
  const bound = createLabelBound(mostValues);
  const bounded = (labels: Readonly<Record<string, string | number>>) => {
    const entries = Object.entries(labels);
    return Object.fromEntries(
      entries.map(([label, value]) => [label, bound(label, String(value))]),
    );
  };
  return {
    count: (name, labels, by = 1) => counters.get(name)?.inc(bounded(labels), by),
    observe: (name, labels, value) =>
      histograms.get(name)?.observe(bounded(labels), Math.max(0, value)),
    set: (name, labels, value) => gauges.get(name)?.set(bounded(labels), value),
    reset(name) {
      const gauge = gauges.get(name);
      gauge?.reset();
      // Without labels it would show 0 from now on.
      if (all[name]?.labels.length === 0) gauge?.remove();
    },
  };
}

function unknown(name: string): never {
  throw new Error(`there is no metric ${name}`);
}
