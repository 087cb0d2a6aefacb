// Adds up what vitest wrote to build/results/ and prints `N passed, N failed` as the last line.
// usage: node scripts/test-summary.mjs [--clear]
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../build/results', import.meta.url));

if (process.argv.includes('--clear')) {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

/**
 * @typedef {object} Results
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {{ status: string, name: string, assertionResults: { status: string }[] }[]} testResults
 */

let passed = 0;
let failed = 0;
for (const file of existsSync(folder) ? readdirSync(folder).sort() : []) {
  /** @type {Results} */
  const results = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  // A file that could not even be loaded has no failed test in it, but it is a failure.
  const broken = results.testResults.filter(
    (suite) => suite.status === 'failed' && !suite.assertionResults.some((test) => test.status === 'failed'),
  );
  let failures = results.numFailedTests + broken.length;
  // An error outside of every test.
  if (failures === 0 && !results.success) failures = 1;
  passed += results.numPassedTests;
  failed += failures;
  const name = file.replace('.json', '');
  console.log(`${name}: ${results.numPassedTests} passed, ${failures} failed, ${results.numPendingTests} skipped`);
}
console.log(`${passed} passed, ${failed} failed`);
