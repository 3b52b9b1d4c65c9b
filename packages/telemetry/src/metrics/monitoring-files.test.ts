import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type MetricSpecification, processMetrics, stateMetrics } from './catalogue.ts';

const known = new Map<string, MetricSpecification>(
  Object.entries({ ...processMetrics, ...stateMetrics }),
);

/** Given by Prometheus, or by a histogram. */
const commonLabels = new Set(['le', 'instance', 'job']);

interface Used {
  readonly metric: string;
  readonly labels: readonly string[];
}

const read = (name: string) =>
  readFileSync(new URL(`../../../../deploy/monitoring/${name}`, import.meta.url), 'utf8');

/** The metrics of an expression, each with the labels that it is picked by, or that the expression groups by. */
function usedIn(expression: string): Used[] {
  const groups = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  );
  return [...expression.matchAll(/\b(pawl_[a-z_]+)(?:\{([^}]*)\})?/g)].map(
    ([, metric = '', selector = '']) => ({
      metric,
      labels: [
        ...groups,
        ...[...selector.matchAll(/(\w+)\s*[=!]/g)].map(([, label = '']) => label),
      ],
    }),
  );
}

/** What an expression asks for that no process shows. */
function unknownIn(expression: string): string[] {
  return usedIn(expression).flatMap(({ metric, labels }) => {
    const base = metric.replace(/_(bucket|sum|count)$/, '');
    const specification = known.get(metric) ?? known.get(base);
    if (specification === undefined) return [metric];
    if (metric !== base && known.get(metric) === undefined && specification.type !== 'histogram') {
      return [metric];
    }
    return labels
      .filter((label) => !commonLabels.has(label) && !specification.labels.includes(label))
      .map((label) => `${metric}{${label}}`);
  });
}

/** Each `expr` of the alert rules, one line or several. */
function alertExpressions(): string[] {
  const text = read('pawl-alerts.yaml');
  return [...text.matchAll(/^ +expr: (\|\n(?: {10,}.*\n)+|.*\n)/gm)].map(([, body = '']) => body);
}

function dashboardExpressions(): string[] {
  return [...read('pawl-dashboard.json').matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, text = '""']) => JSON.parse(text) as string,
  );
}

test('alerts ask for metrics and labels that are shown', () => {
  const expressions = alertExpressions();
  expect(expressions.length).toBe(16);
  expect(expressions.flatMap(unknownIn)).toEqual([]);
});

test('the dashboard asks for metrics and labels that are shown, and leaves none out', () => {
  const expressions = dashboardExpressions();
  expect(expressions.flatMap(unknownIn)).toEqual([]);
  const shown = new Set(
    expressions.flatMap(usedIn).map(({ metric }) => metric.replace(/_(bucket|sum|count)$/, '')),
  );
  expect([...known.keys()].filter((name) => !shown.has(name))).toEqual([]);
});

test('a metric or label that there is not is found', () => {
  expect(unknownIn('sum by (user) (rate(pawl_jobs_created_total[5m]))')).toEqual([
    'pawl_jobs_created_total{user}',
  ]);
  expect(unknownIn('pawl_workers_bucket + pawl_nothing')).toEqual([
    'pawl_workers_bucket',
    'pawl_nothing',
  ]);
});

test('each alert stands in docs/operations.md', () => {
  const names = [...read('pawl-alerts.yaml').matchAll(/alert: (\w+)/g)].map(([, name]) => name);
  const document = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
  expect(names.filter((name) => !document.includes(`### ${name}`))).toEqual([]);
});
