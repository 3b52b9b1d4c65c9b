// npm run test:mutation -- turn: changes the pure code of a folder of the engine in every way that Stryker knows, one
// change (a mutant) at a time, and names the mutants that the engine's unit tests let pass. See CONTRIBUTING.md.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { root } from './run-quietly.mjs';

const engine = 'packages/engine/src';

/** Files that await something are left out: integration tests run those. */
function pureFiles(folder) {
  return readdirSync(join(root, engine, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${engine}/${folder}/${name}`)
    .filter((file) => !/\b(?:async|await)\b/.test(readFileSync(join(root, file), 'utf8')));
}

const [folder, ...names] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write(
    `Name a folder of ${engine}, and files of it if not all: npm run test:mutation -- turn claim.ts\n`,
  );
  process.exit(2);
}
process.chdir(root);
await new Stryker({
  mutate: pureFiles(folder).filter(
    (file) => names.length === 0 || names.some((name) => file.endsWith(`/${name}`)),
  ),
  // Most are texts for people, or names of kinds: those are types, and every comparison with one is changed as a whole.
  mutator: { excludedMutations: ['StringLiteral'] },
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner', join(root, 'scripts/mutation-reporter.mjs')],
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // What runs once, when a module is loaded, would have every test run for each of its mutants.
  ignoreStatic: true,
  // Stryker would rewrite it with the compiler's interface, which TypeScript 7 does not have; the tests do not need it.
  tsconfigFile: 'none',
  concurrency: 1,
  // For busy machines, in milliseconds.
  timeoutMS: 30_000,
  reporters: ['unnoticed'],
  allowConsoleColors: false,
  ignorePatterns: ['**/dist', '.turbo', '.pawl'],
}).runMutationTest();
