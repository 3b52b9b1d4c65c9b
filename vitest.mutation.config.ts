import { defineConfig } from 'vitest/config';

/** What `npm run test:mutation` runs against every mutant: the engine's unit tests. */
export default defineConfig({
  resolve: { conditions: ['source', 'node'] },
  ssr: { resolve: { conditions: ['source', 'node'] } },
  test: {
    include: ['packages/engine/src/**/*.test.ts'],
    exclude: ['packages/engine/src/protocol.test.ts'],
    testTimeout: 60_000,
  },
});
