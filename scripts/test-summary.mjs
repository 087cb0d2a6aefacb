// Adds up what vitest wrote to build/results/, says what failed and why, and prints `N passed, N failed` as the last
// line: the end of a log is what is left of a run elsewhere.
// usage: node scripts/test-summary.mjs [--clear]
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'build/results');

if (process.argv.includes('--clear')) {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
}

/**
 * @typedef {{ status: string, fullName?: string, failureMessages?: string[] }} Test
 * @typedef {{ status: string, name: string, message?: string, assertionResults: Test[] }} Suite
 * @typedef {object} Results
 * @property {boolean} success
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {Suite[]} testResults
 */

/** @param {string | undefined} text */
const indented = (text) => (text ?? '').split('\n').slice(0, 12).join('\n    ').slice(0, 1500);

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
  for (const suite of broken) console.log(`${name} ${relative(root, suite.name)}\n    ${indented(suite.message)}`);
  for (const suite of results.testResults)
    for (const test of suite.assertionResults.filter(({ status }) => status === 'failed'))
      console.log(
        `${name} ${relative(root, suite.name)} > ${test.fullName}\n    ${indented(test.failureMessages?.join('\n'))}`,
      );
  console.log(`${name}: ${results.numPassedTests} passed, ${failures} failed, ${results.numPendingTests} skipped`);
}
console.log(`${passed} passed, ${failed} failed`);
