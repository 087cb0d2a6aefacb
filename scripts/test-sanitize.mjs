// The addon under AddressSanitizer and UndefinedBehaviorSanitizer: builds it beside the normal one and runs a part of
// the suite with it. V8 itself is as Node ships it, so only our own code is looked at. Takes minutes: not part of the
// normal tests.
// usage: node scripts/test-sanitize.mjs [test file or folder ...]
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const given = process.argv.slice(2);
const tests =
  given.length > 0 ? given : ['test/values', 'test/runtime/state-matrix.test.ts', 'test/errors', 'test/pool'];

const sanitize = 'address,undefined';
run(process.execPath, [join(root, 'scripts/build-native.mjs'), '--sanitize', sanitize], process.env);

const { stdout } = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' });
run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=2', '--reporter=default', ...tests], {
  ...process.env,
  ISOLET_ADDON: join(root, `build/abi${process.versions.modules}-${sanitize.replace(',', '-')}/isolet.node`),
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
