import { defineConfig } from 'vitest/config';
import { LongestFirst } from './build/longest-first.ts';
import { SkipsOfCi } from './build/skips-of-ci.ts';

// Children inherit this environment: the extra CA bundle costs Node 20 about 42 ms at each start.
delete process.env.NODE_EXTRA_CA_CERTS;
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
// Testcontainers would have a container of its own clean up, whose image has to come from a registry.
process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';

const inCi = process.env.CI === 'true';
// A program of bbf writes otherwise in CI, which is not for the tests to depend on.
delete process.env.CI;

const exclude = ['node_modules/**', 'dist/**', '.stryker/**'];
const containers = 'integration/containers/**/*.test.ts';
export default defineConfig({
  test: {
    // Ends what hangs. How fast something is, is for bench/ to say: a busy machine takes thrice as long for all.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // Vitest's own second is soon over on a busy machine.
    expect: { poll: { timeout: 30_000 } },
    pool: 'forks',
    // One less than there are processors is the default; most of these wait for other processes and for their clocks, so that three keep two processors busy.
    maxWorkers: 3,
    reporters: ['default', ...(inCi ? [new SkipsOfCi()] : [])],
    sequence: { sequencer: LongestFirst },
    setupFiles: ['cli/testing/remove-folders.ts'],
    projects: [
      // One set of modules for all files of a process: to load them costs more than most of the tests. A file leaves nothing behind in the modules that it loads.
      {
        extends: true,
        test: { name: 'modules', include: ['**/*.test.ts'], exclude: [...exclude, containers], isolate: false },
      },
      {
        extends: true,
        test: { name: 'containers', include: [containers], exclude, globalSetup: 'integration/containers/engine.ts' },
      },
    ],
  },
});
