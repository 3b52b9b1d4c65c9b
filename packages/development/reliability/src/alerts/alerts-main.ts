// npm run test:alerts: does each alert fire when what it is about is broken, and end when that is mended?
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findRepositoryRoot } from '@pawl/runtime';
import { Command } from 'commander';
import { callTrials } from './break-calls.ts';
import { processTrials } from './break-processes.ts';
import { formatTrials } from './format-trials.ts';
import { startPlace } from './place.ts';
import { requirePrometheus, startPrometheus } from './prometheus.ts';
import { runTrial, type TrialResult, watchAtRest } from './run-trial.ts';
import { shortenRules } from './shorten-rules.ts';

const shortening = { hold: 2, window: 20 };
const restMilliseconds = 45_000;

const names = new Command('npm run test:alerts --')
  .description('breaks Pawl once for each alert, and looks whether a real Prometheus fires it')
  .argument('[alert...]', 'the names of some, such as PawlNoWorker; default: all')
  .parse().args;

const root = findRepositoryRoot(import.meta.url) ?? process.cwd();
const rules = await readFile(join(root, 'deploy/monitoring/pawl-alerts.yaml'), 'utf8');
const trials = [...processTrials, ...callTrials];
const wanted = trials.filter(({ alert }) => names.length === 0 || names.includes(alert));

await requirePrometheus();
const place = await startPlace();
const results: TrialResult[] = [];
let atRest: string[] = [];
try {
  const prometheus = await startPrometheus({
    rules: shortenRules(rules, shortening),
    ...place.metricsPorts,
  });
  try {
    process.stderr.write('at rest\n');
    atRest = await watchAtRest(place, prometheus, restMilliseconds);
    for (const trial of wanted) {
      process.stderr.write(`${trial.alert}: ${trial.broken}\n`);
      const result = await runTrial(trial, place, prometheus);
      process.stderr.write(`  ${JSON.stringify(result)}\n`);
      results.push(result);
    }
  } finally {
    await prometheus.remove();
  }
} finally {
  await place.remove();
}
process.stdout.write(`${formatTrials(results, rules)}\n`);
const problems = [
  ...atRest.map((name) => `${name} fires though nothing is broken.`),
  ...results
    .filter(({ fired, resolved }) => fired === undefined || resolved === undefined)
    .map(({ alert, broken }) => `${alert} did not fire, or did not end: ${broken}.`),
];
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 && wanted.length > 0 ? 0 : 1;
