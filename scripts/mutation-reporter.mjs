import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const unnoticed = new Set(['Survived', 'NoCoverage']);

/** Prints each mutant that no test noticed as soon as that is known, and at the end how many there were of each fate. */
class UnnoticedReporter {
  fates = new Map();

  onMutantTested(mutant) {
    const { status, fileName, location, mutatorName, replacement = '' } = mutant;
    this.fates.set(status, (this.fates.get(status) ?? 0) + 1);
    if (!unnoticed.has(status)) return;
    const { line, column } = location.start;
    const text = readFileSync(fileName, 'utf8').split('\n')[line - 1]?.trim();
    const place = `${relative(process.cwd(), fileName)}:${line}:${column}`;
    const change = replacement.replaceAll(/\s+/g, ' ').slice(0, 160);
    process.stdout.write(`${place} ${status}, ${mutatorName}\n    ${text}\n    here: ${change}\n`);
  }

  onMutationTestReportReady() {
    const total = [...this.fates.values()].reduce((sum, count) => sum + count, 0);
    const fates = [...this.fates].map(([fate, count]) => `${fate} ${count}`).toSorted();
    process.stdout.write(`${total} mutants: ${fates.join(', ')}\n`);
  }
}

export const strykerPlugins = [
  { kind: 'Reporter', name: 'unnoticed', injectableClass: UnnoticedReporter },
];
