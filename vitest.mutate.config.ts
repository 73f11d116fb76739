/**
 * The tests that judge a mutant: those of the pure core and of the documents, quick ones only. A mutant that is reached while tests are
 * collected (outside of `it`) is judged by all of them, so these tests compute nothing there.
 */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['reconciler/core/**/*.test.ts', 'config-schema/**/*.test.ts'],
    // Seconds for a mutant each, and they find what the others find.
    exclude: ['config-schema/fuzz.test.ts', 'config-schema/documentation.test.ts'],
    // One set of modules for all files of a run: to load them costs more than the tests, none of which keeps state.
    isolate: false,
  },
});
