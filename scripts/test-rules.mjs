// Proves the lifetime rules: each test of test/rules/rules.mjs passes with all rules and fails without its own. Builds a
// copy of the engine in build/rules, under AddressSanitizer and UndefinedBehaviorSanitizer. Linux, g++.
// usage: node scripts/test-rules.mjs [part of a rule's name]
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rules as all } from '../test/rules/rules.mjs';
import { buildSanitizedAddon } from './common/sanitized-addon.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = join(root, 'build/rules');
const filter = process.argv[2] ?? '';
const rules = all.filter(({ rule }) => rule.includes(filter));
const patience = 240_000;

/** @param {{ rule: string }} entry the part of a rule's name that the environment names it by */
const idOf = ({ rule }) => rule.split(':')[0] ?? rule;

function makeCopy() {
  // What is built stays: the compiler's cache may not be there.
  for (const folder of ['native', 'scripts', 'test']) {
    rmSync(join(copy, folder), { recursive: true, force: true });
    cpSync(join(root, folder), join(copy, folder), { recursive: true, preserveTimestamps: true });
  }
  cpSync(join(root, 'CMakeLists.txt'), join(copy, 'CMakeLists.txt'));
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  rmSync(join(copy, 'node_modules'), { force: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  writeFileSync(
    join(copy, 'native/without_rule.h'),
    `#pragma once
#include <cstdlib>
#include <cstring>
#include <optional>
#include <unistd.h>
namespace isolet {
inline bool WithoutRule(const char* rule) {
  static const char* broken = std::getenv("ISOLET_WITHOUT_RULE");
  return broken != nullptr && std::strcmp(broken, rule) == 0;
}
}  // namespace isolet
`,
  );
  for (const { rule, file, text, broken } of all.flatMap(({ rule, edits }) =>
    edits.map((edit) => ({ rule, ...edit })),
  )) {
    const path = join(copy, file);
    const source = readFileSync(path, 'utf8');
    if (source.split(text).length !== 2) throw new Error(`${rule}: ${file} does not have its text exactly once`);
    const include = '#include "without_rule.h"\n';
    const changed = source.replace(text, () => broken);
    writeFileSync(path, changed.includes(include) ? changed : changed.replace(/^#include/m, `${include}#include`));
  }
}

/** @param {string} command @param {string[]} parameters */
function tool(command, parameters) {
  const { status, stdout, stderr } = spawnSync(command, parameters, { cwd: copy, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${parameters.join(' ')}\n${stdout}${stderr}`);
}

function buildNativeTests() {
  const folder = join(copy, 'build/native-tests');
  mkdirSync(folder, { recursive: true });
  tool('cmake', ['-S', copy, '-B', folder, '-DISOLET_SANITIZE=address,undefined']);
  const programs = new Set(rules.flatMap(({ test }) => ('native' in test ? [test.native] : [])));
  tool('cmake', ['--build', folder, '-j', '2', ...[...programs].flatMap((name) => ['--target', name])]);
  return folder;
}

/** @param {import('../test/rules/rules.mjs').Rule['test']} test @param {string | undefined} without */
function run(test, without) {
  const environment = {
    ...process.env,
    // Freed memory is filled: V8, which is not instrumented, stumbles over what it should not touch.
    ASAN_OPTIONS:
      'detect_leaks=0 abort_on_error=1 handle_segv=0 allocator_may_return_null=1 max_free_fill_size=1048576 free_fill_byte=205',
    UBSAN_OPTIONS: 'halt_on_error=1 print_stacktrace=1',
    ...(without !== undefined && { ISOLET_WITHOUT_RULE: without }),
  };
  const options = /** @type {const} */ ({
    cwd: root,
    encoding: 'utf8',
    timeout: patience,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 28,
  });
  const { status, signal, stdout, stderr } =
    'native' in test
      ? spawnSync(join(nativeTests, test.native), [], { ...options, env: environment })
      : spawnSync(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', '--bail=1', ...test.vitest], {
          ...options,
          env: {
            ...environment,
            ISOLET_ADDON: addon,
            ISOLET_TEST_RESULTS: join(copy, 'build/results.json'),
            LD_PRELOAD: sanitizer,
          },
        });
  return { good: status === 0, output: `${stdout}${stderr}\nended with ${signal ?? status}` };
}

makeCopy();
const started = performance.now();
const addon = rules.some(({ test }) => 'vitest' in test) ? await buildSanitizedAddon(copy) : '';
const nativeTests = buildNativeTests();
console.log(`built in ${((performance.now() - started) / 1000).toFixed(0)} s`);
const sanitizer = spawnSync('g++', ['-print-file-name=libasan.so'], { encoding: 'utf8' }).stdout.trim();

let failed = 0;
/** @type {Map<string, boolean>} */
const whole = new Map();
for (const entry of rules) {
  const key = JSON.stringify(entry.test);
  if (!whole.has(key)) {
    const { good, output } = run(entry.test, undefined);
    whole.set(key, good);
    if (!good) console.log(`with all rules ${key} fails:\n${output.slice(-10_000)}`);
  }
  const { good, output } = run(entry.test, idOf(entry));
  const proved = whole.get(key) === true && !good && entry.fails.test(output);
  if (!proved) failed++;
  console.log(`${proved ? 'proved' : 'NOT PROVED'} ${entry.rule}`);
  if (!proved) console.log(`without it, where ${entry.fails} was expected:\n${output.slice(-6_000)}`);
}
console.log(`${rules.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && rules.length > 0 ? 0 : 1;
