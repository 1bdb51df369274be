import { steadyThreads } from './build/host-options.mjs';
import { configDefaults, defineConfig } from 'vitest/config';

const integrationTests = 'test/**/*.integration.test.ts';

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
          globalSetup: 'test/support/prepared-interface.ts',
          include: [integrationTests],
        },
      },
    ],
  },
});
