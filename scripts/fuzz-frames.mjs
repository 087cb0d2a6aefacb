// A coverage-guided fuzzer of the reader of frames (native/wire/frames.h): builds it with AddressSanitizer and
// UndefinedBehaviorSanitizer and a mark at every branch, and mutates one of every message. What must hold whatever the
// bytes are stands in test/fuzz/frames_fuzz.cc. Prints one line with totals; an input that fails is written to
// build/fuzz/wrong-frame. Linux, g++.
// usage: node scripts/fuzz-frames.mjs [--seconds 5] [--seed N] [--input FILE]
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findTarget } from './common/target.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    input: { type: 'string' },
  },
});
const folder = join(root, 'build/fuzz');
mkdirSync(folder, { recursive: true });

const { nodedir } = findTarget(undefined);
const headers = nodedir ? join(nodedir, 'include/node') : join(execPath, '../../include/node');
const common = ['-std=gnu++20', '-g', '-O1', '-fno-rtti', '-fno-exceptions', '-w'];
const include = ['-I', join(root, 'native'), '-isystem', headers];
const checks = ['-fsanitize=address,undefined', '-fno-sanitize=vptr', '-fno-sanitize-recover=undefined'];
const program = join(folder, 'frames_fuzz');
const reader = join(folder, 'frames.o');
run([
  ...common,
  ...include,
  ...checks,
  '-fsanitize-coverage=trace-pc',
  '-c',
  join(root, 'native/wire/frames.cc'),
  '-o',
  reader,
]);
run([...common, ...include, ...checks, join(root, 'test/fuzz/frames_fuzz.cc'), reader, '-o', program]);

const parameters = [folder, args.seconds, args.seed, ...(args.input ? [args.input] : [])];
const { status, signal } = spawnSync(program, parameters, {
  stdio: 'inherit',
  env: { ...env, ASAN_OPTIONS: 'detect_leaks=1 allocator_may_return_null=1', UBSAN_OPTIONS: 'print_stacktrace=1' },
});
if (signal || status !== 0) {
  console.error(`ended with ${signal ?? status}; the input is build/fuzz/wrong-frame, the seed was ${args.seed}`);
  process.exitCode = 1;
}

/** @param {string[]} parameters */
function run(parameters) {
  const { status, stderr, error } = spawnSync('g++', parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`g++ failed: ${error?.message ?? stderr}`);
}
