import { expect, test } from 'vitest';
import { alertNames, holdOf, shortenRules } from './shorten-rules.ts';

const rules = `groups:
  - name: pawl
    rules:
      - alert: First
        expr: sum(increase(a_total[1h]) or (a_total unless a_total offset 1h)) > 60
        for: 5m
      - alert: Second
        expr: max(b) > 0
`;

test('durations are shortened, and thresholds are not', () => {
  expect(shortenRules(rules, { hold: 2, window: 20 })).toBe(`groups:
  - name: pawl
    rules:
      - alert: First
        expr: sum(increase(a_total[20s]) or (a_total unless a_total offset 20s)) > 60
        for: 2s
      - alert: Second
        expr: max(b) > 0
`);
});

test('the names of alerts are found, and for how long their condition has to hold', () => {
  expect(alertNames(rules)).toEqual(['First', 'Second']);
  expect(holdOf(rules, 'First')).toBe('5m');
  expect(holdOf(rules, 'Second')).toBe('0m');
});
