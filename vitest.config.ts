import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// No more than this one is added: Vitest hands the conditions on to Node, where `import` would break `require`.
const resolve = { conditions: ['source', 'node'] };
const ssr = { resolve };

/** A library that has a condition `source` of its own: Node cannot read what stands behind it. */
const server = { deps: { inline: [/@modelcontextprotocol\/sdk/, /eventsource-parser/] } };

/** For busy machines, in milliseconds: what passes does not wait for it. */
const patience = 60_000;

/** Files own their data, not their process: loading the modules anew for each took a third of the time. */
const isolate = false;

export default defineConfig({
  test: {
    // The slow files wait for clocks and locks more than they compute.
    maxWorkers: Math.max(3, availableParallelism()),
    projects: [
      {
        resolve,
        ssr,
        test: {
          isolate,
          server,
          name: 'unit',
          include: ['{packages,packages/development,services}/*/src/**/*.test.ts'],
          testTimeout: patience,
        },
      },
      {
        resolve,
        ssr,
        test: {
          isolate,
          server,
          name: 'integration',
          include: ['{packages,packages/development,services}/*/test/**/*.test.ts'],
          globalSetup: ['./packages/development/testing/src/global-setup.ts'],
          testTimeout: 5 * patience,
          hookTimeout: 2 * patience,
          expect: { poll: { timeout: patience } },
        },
      },
    ],
  },
});
