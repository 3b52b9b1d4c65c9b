import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { callTrials } from './break-calls.ts';
import { processTrials } from './break-processes.ts';
import { alertNames } from './shorten-rules.ts';

test('each alert is tried', () => {
  const file = new URL('../../../../../deploy/monitoring/pawl-alerts.yaml', import.meta.url);
  const names = alertNames(readFileSync(file, 'utf8'));
  const tried = new Set([...processTrials, ...callTrials].map(({ alert }) => alert));
  expect(names.length).toBeGreaterThan(0);
  expect([...tried].toSorted()).toEqual(names.toSorted());
});
