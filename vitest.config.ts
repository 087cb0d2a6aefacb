import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('.', import.meta.url));
const major = process.versions.node.split('.')[0];
const results = process.env.ISOLET_TEST_RESULTS ?? `build/results/node${major}.json`;

export default defineConfig({
  resolve: { alias: { isolet: `${root}lib/index.ts` } },
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/hostile/programs/**'],
    pool: 'forks',
    execArgv: ['--expose-gc'],
    maxWorkers: 2,
    retry: 0,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    reporters: ['default', `${root}test/slowest-reporter.ts`, ['json', { outputFile: results }]],
  },
});
