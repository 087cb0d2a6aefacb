// Builds the C++ tests of parts that need neither V8 nor Node (test/native) under ThreadSanitizer and under
// AddressSanitizer with UndefinedBehaviorSanitizer, and runs them; then the fuzzers of the decoder and of the frames and
// the checks of the value protocol (test/value-addon) for a moment. Prints one line for each program, its output only
// if it failed, and `N passed, N failed` (tests, over both builds) at the end.
// usage: node scripts/test-native.mjs [--sanitize thread] [--filter mailbox]
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findCompilers } from './common/compilers.mjs';
import { findTarget } from './common/target.mjs';
import { findBuildTools } from './common/tools.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: args } = parseArgs({
  options: { sanitize: { type: 'string' }, filter: { type: 'string', default: '' } },
});
const builds = args.sanitize ? [args.sanitize] : ['thread', 'address,undefined'];
const programs = readdirSync(join(root, 'test/native'))
  .filter((file) => file.endsWith('_test.cc') && file.includes(args.filter))
  .map((file) => file.replace('.cc', ''))
  .sort();
// A test that hangs is a failure: no program takes near as long.
const patience = 60_000;

const env = {
  ...process.env,
  TSAN_OPTIONS: 'halt_on_error=0 exitcode=66 second_deadlock_stack=1',
  ASAN_OPTIONS: 'detect_leaks=1 detect_stack_use_after_return=1',
  UBSAN_OPTIONS: 'halt_on_error=1 print_stacktrace=1',
};

/** @param {string} command @param {string[]} parameters */
function tool(command, parameters) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { cwd: root, encoding: 'utf8' });
  if (status === 0) return true;
  console.error(`${command} ${parameters.join(' ')}\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`);
  return false;
}

let passed = 0;
let failed = 0;
for (const sanitize of builds) {
  const folder = join(root, 'build', `native-tests-${sanitize.replaceAll(',', '-')}`);
  mkdirSync(folder, { recursive: true });
  const built =
    tool('cmake', ['-S', root, '-B', folder, `-DISOLET_SANITIZE=${sanitize}`]) &&
    tool('cmake', ['--build', folder, '-j', '2', ...programs.flatMap((name) => ['--target', name])]);
  if (!built) {
    console.log(`${sanitize}: does not build`);
    failed += programs.length;
    continue;
  }
  for (const name of programs) {
    const start = performance.now();
    const run = spawnSync(join(folder, name), [], { env, encoding: 'utf8', timeout: patience, killSignal: 'SIGKILL' });
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const counts = /^(\d+) passed, (\d+) failed$/m.exec(run.stdout);
    const good = Number(counts?.[1] ?? 0);
    let bad = Number(counts?.[2] ?? 0);
    // A report of the sanitizer, a crash or a hang is a failure that no test counted.
    if (run.status !== 0 && bad === 0) bad = 1;
    passed += good;
    failed += bad;
    console.log(`${sanitize} ${name}: ${good} passed, ${bad} failed (${seconds} s)`);
    if (bad > 0) {
      console.log(`${run.stdout}${run.stderr.slice(0, 20_000)}`);
      console.log(`ended with ${run.signal ?? run.status}`);
    }
  }
}
// The readers of what others have written, fuzzed for a few seconds: one test more for each.
for (const name of ['decoder', 'frames']) {
  if (args.sanitize || !name.includes(args.filter)) continue;
  const fuzz = spawnSync(process.execPath, [join(root, `scripts/fuzz-${name}.mjs`), '--seconds', '5'], {
    encoding: 'utf8',
  });
  if (fuzz.status === 0) passed++;
  else failed++;
  console.log(fuzz.stdout.trim());
  if (fuzz.status !== 0) console.log(fuzz.stderr.slice(0, 20_000));
}
// The value protocol without the engine around it: one test more.
if (!args.sanitize && 'value-addon'.includes(args.filter)) {
  const folder = join(root, 'test/value-addon');
  const { nodedir } = findTarget(undefined);
  const gyp = [findBuildTools(root).nodeGyp, 'rebuild', ...(nodedir ? [`--nodedir=${nodedir}`] : [])];
  const run = (/** @type {string[]} */ parameters) =>
    spawnSync(process.execPath, parameters, { cwd: folder, encoding: 'utf8', env: { ...env, ...findCompilers() } });
  const built = run(gyp);
  const checked = built.status === 0 ? run(['check.mjs']) : built;
  if (checked.status === 0) passed++;
  else failed++;
  console.log(`value-addon: ${checked.status === 0 ? checked.stdout.trim() : 'failed'}`);
  if (checked.status !== 0) console.log(`${checked.stdout}${checked.stderr}`.slice(-20_000));
}
// Counted in the sum that scripts/test-summary.mjs prints.
const results = join(root, 'build/results');
mkdirSync(results, { recursive: true });
writeFileSync(
  join(results, 'native.json'),
  JSON.stringify({
    success: failed === 0,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: 0,
    testResults: [],
  }),
);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
