/** The tests that judge a mutant: those of the pure core and of the documents, and the state table. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      'reconciler/core/**/*.test.ts',
      'reconciler/*.test.ts',
      'config-schema/**/*.test.ts',
      'integration/simulation/plans/state-table.test.ts',
      'integration/simulation/chronicles/chronicles.test.ts',
    ],
    testTimeout: 60_000,
  },
});
