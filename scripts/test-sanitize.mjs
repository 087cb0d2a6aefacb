// The suite under AddressSanitizer and UndefinedBehaviorSanitizer: builds the addon beside the normal one and runs the
// tests that exercise most of the C++ in the time. V8 itself is as Node ships it, so only our own code is looked at.
// usage: node scripts/test-sanitize.mjs [test file or folder ...]
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSanitizedAddon } from './common/sanitized-addon.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const tests = given.length > 0 ? given : ['test/runtime', 'test/values', 'test/errors', 'test/pool'];
// These wait more than they compute, or start processes of their own.
const slow = ['test/runtime/unclosed.test.ts', 'test/runtime/cycles.test.ts', 'test/pool/process.test.ts'];
// Frames are several times as large here: V8's stack ends before calls are nested as deep as they may be.
const deep = ['test/runtime/nesting.test.ts'];
const without = given.length > 0 ? [] : [...slow, ...deep];

const started = performance.now();
const addon = await buildSanitizedAddon(root);
console.log(`built in ${((performance.now() - started) / 1000).toFixed(0)} s`);

// The library as well, and the bundle that guests load.
run(process.execPath, [join(root, 'scripts/build-lib.mjs')], process.env);
const { stdout } = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
// Counted in the sum that scripts/test-summary.mjs prints, beside the run of the normal addon.
const results = join(root, 'build/results/sanitized.json');
rmSync(results, { force: true });
const exclude = without.map((file) => `--exclude=${file}`);
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...exclude, ...tests], {
  ...process.env,
  ISOLET_ADDON: addon,
  ISOLET_TEST_RESULTS: results,
  // The sanitizer has to be in the process before Node.
  LD_PRELOAD: stdout.trim(),
  // V8 frees nothing at the end, and brings its own handlers.
  ASAN_OPTIONS: 'detect_leaks=0 abort_on_error=1 handle_segv=0 allocator_may_return_null=1',
  UBSAN_OPTIONS: 'halt_on_error=1 print_stacktrace=1',
});

/** @param {string} command @param {string[]} parameters @param {NodeJS.ProcessEnv} env */
function run(command, parameters, env) {
  const { status, signal } = spawnSync(command, parameters, { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`ended with ${signal ?? status}`);
    process.exit(1);
  }
}
