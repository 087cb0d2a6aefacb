import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const major = process.versions.node.split('.')[0];
const inCells = process.env.ISOLET_TEST_ISOLATION === 'process';
const results = process.env.ISOLET_TEST_RESULTS ?? `build/results/node${major}${inCells ? '-cells' : ''}.json`;

/** What runs a second time, with every guest in a cell. */
const suitesInCells = ['runtime', 'values', 'pool', 'serverless'];

export default defineConfig({
  resolve: { alias: { isolet: `${root}${inCells ? 'test/cells/suite/isolet.ts' : 'lib/index.ts'}` } },
  test: {
    include: inCells
      ? suitesInCells.map((name) => `test/${name}/**/*.test.ts`)
      : ['test/**/*.test.ts', 'server/test/**/*.test.ts'],
    ...(inCells && { setupFiles: `${root}test/cells/suite/setup.ts`, runner: `${root}test/cells/suite/runner.ts` }),
    exclude: ['**/node_modules/**', 'test/hostile/programs/**'],
    pool: 'forks',
    execArgv: ['--expose-gc'],
    maxWorkers: 2,
    retry: 0,
    // These end what hangs; they are no bound on what is slow: a busy machine may give a test a tenth of a core.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000, interval: 20 } },
    reporters: ['default', `${root}test/slowest-reporter.ts`, ['json', { outputFile: results }]],
  },
});
