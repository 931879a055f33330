import { defineConfig } from 'vitest/config';

/**
 * Four classes of cost. `unit` is pure or touches only a temporary folder; `inline` plays whole
 * runs on the memory environment in virtual time: both have all cores, where vitest would leave one
 * free. `integration` starts JVMs on this machine, so its files run one after the other and are
 * never retried: a retried failure is a failure. `container` starts nodes in a container
 * engine, `kubernetes` on a cluster of kind's. `nightly` is more of the same, for which `npm test`
 * has no time.
 */
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['src/**/*.test.ts', 'test/*.test.ts'],
          maxWorkers: '100%',
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'inline',
          include: ['test/inline/**/*.test.ts'],
          maxWorkers: '100%',
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'container',
          include: ['test/container/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'kubernetes',
          include: ['test/kubernetes/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 600_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'nightly',
          include: ['test/nightly/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
    pool: 'forks',
    retry: 0,
    allowOnly: false,
    passWithNoTests: false,
  },
});
