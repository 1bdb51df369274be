import { steadyThreads } from './build/host-options.mjs';
import { configDefaults, defineConfig } from 'vitest/config';

const integrationTests = 'test/**/*.integration.test.ts';
/**
 * Run when nothing else does: its process was seen to end with «corrupted size vs. prev_size» of the C library,
 * in two of two whole runs and in none of seven of it. The cause is not known.
 */
const alone = 'test/broker/stow-archives.integration.test.ts';

export default defineConfig({
  test: {
    pool: 'forks',
    execArgv: [steadyThreads],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...configDefaults.exclude, integrationTests],
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: [integrationTests],
          exclude: [...configDefaults.exclude, alone],
        },
      },
      { extends: true, test: { name: 'alone', include: [alone] } },
    ],
  },
});
