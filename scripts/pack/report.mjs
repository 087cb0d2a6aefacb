// One line for each check, and their sum.
let passed = 0;
let failed = 0;

/** Runs one check; a failure is reported and the others go on. @param {string} name @param {() => unknown} work */
export function check(name, work) {
  const start = performance.now();
  try {
    work();
    passed++;
    console.log(`ok      ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
  } catch (error) {
    failed++;
    console.log(`FAILED  ${name}\n${error instanceof Error ? error.message : error}`);
  }
}

/** @returns {number} the exit code */
export function summary() {
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
