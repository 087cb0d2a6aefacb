// A coverage-guided fuzzer of the value decoder: builds native/value with AddressSanitizer and
// UndefinedBehaviorSanitizer and a mark at every branch, mutates the messages in test/fuzz/corpus and keeps what reaches
// something new. Whatever the bytes are, decoding has to end with a value or with one exception, run no JavaScript, use
// each handle once and stay in its memory budget: of buffers, and of everything it makes V8 allocate. Prints one line
// with totals; an input that fails is written to build/fuzz/.
// usage: node scripts/fuzz-decoder.mjs [--seconds 5] [--seed N] [--keep] [--input FILE]
//   --keep   writes new inputs into test/fuzz/corpus
//   --input  runs one file only
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { findTarget } from './common/target.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { values: args } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    seed: { type: 'string', default: String(Date.now() % 1e9) },
    keep: { type: 'boolean', default: false },
    input: { type: 'string' },
    inside: { type: 'boolean', default: false },
  },
});
const folder = join(root, 'build/fuzz');
const corpusFolder = join(root, 'test/fuzz/corpus');
const longest = 4096;

if (args.inside) fuzz();
else start();

/** Builds, then starts itself again under the sanitizer's runtime, which has to be there before Node. */
function start() {
  mkdirSync(folder, { recursive: true });
  build();
  const runtime = run('g++', ['-print-file-name=libasan.so']).trim();
  const { status, signal } = spawnSync(process.execPath, [...process.argv.slice(1), '--inside'], {
    stdio: 'inherit',
    env: {
      ...process.env,
      LD_PRELOAD: runtime,
      ASAN_OPTIONS: 'detect_leaks=0 abort_on_error=1 allocator_may_return_null=1',
      UBSAN_OPTIONS: 'halt_on_error=1 print_stacktrace=1',
    },
  });
  if (signal || status !== 0) {
    console.error(`ended with ${signal ?? status}; the last input is build/fuzz/last, the seed was ${args.seed}`);
    process.exitCode = 1;
  }
}

function build() {
  const { nodedir } = findTarget(undefined);
  const headers = nodedir ? join(nodedir, 'include/node') : undefined;
  if (!headers) throw new Error('no headers of this Node; run with npm_config_nodedir=<prefix>');
  const common = ['-std=gnu++20', '-fPIC', '-g', '-O1', '-fno-rtti', '-fno-exceptions', '-fvisibility=hidden'];
  const include = ['-I', join(root, 'native'), '-isystem', headers];
  const checks = ['-fsanitize=address,undefined', '-fno-sanitize=vptr', '-fno-sanitize-recover=undefined'];
  const stamp = createHash('sha256').update(headers);
  const sources = readdirSync(join(root, 'native/value')).map((name) => join(root, 'native/value', name));
  sources.push(
    join(root, 'native/v8/strings.cc'),
    join(root, 'native/v8/hidden_class.cc'),
    join(root, 'test/fuzz/decoder_addon.cc'),
  );
  for (const file of sources) stamp.update(readFileSync(file));
  const stampFile = join(folder, `stamp-${process.versions.modules}`);
  const current = stamp.digest('hex');
  if (read(stampFile) === current) return;
  const objects = [];
  for (const source of sources.filter((name) => name.endsWith('.cc'))) {
    const object = join(folder, `${source.split('/').at(-1)}-${process.versions.modules}.o`);
    const marks = source.includes('native/value') ? ['-fsanitize-coverage=trace-pc'] : [];
    run('g++', [...common, ...include, ...checks, ...marks, '-c', source, '-o', object]);
    objects.push(object);
  }
  run('g++', ['-shared', ...checks, ...objects, '-o', addonFile()]);
  writeFileSync(stampFile, current);
}

function addonFile() {
  return join(folder, `decoder-${process.versions.modules}.node`);
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** @param {string} command @param {string[]} parameters */
function run(command, parameters) {
  const { status, stdout, stderr, error } = spawnSync(command, parameters, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr}`);
  return stdout;
}

function fuzz() {
  const addon = createRequire(import.meta.url)(addonFile());
  const random = generator(Number(args.seed));
  const started = performance.now();
  const limit = Number(args.seconds) * 1000;
  /** @type {Uint8Array[]} */
  const corpus = [];
  let runs = 0;
  let values = 0;
  let kept = 0;

  const seeds = samples().map((value) => addon.encode(value));
  // Nothing that decoding does may be seen by JavaScript.
  for (const name of ['aa', 'bb', 'x', 'code', 'info', 'cause', 'errors', '€']) {
    Object.defineProperty(Object.prototype, name, { configurable: true, set: seenByJavaScript });
  }

  const given = args.input ? [args.input] : readdirSync(corpusFolder).map((name) => join(corpusFolder, name));
  for (const file of given) offer(new Uint8Array(readFileSync(file)), true);
  if (args.input) return finish();
  for (const seed of seeds) offer(seed, false);
  while (performance.now() - started < limit) for (let i = 0; i < 200; i++) offer(mutate(), false);
  finish();

  /** @param {Uint8Array} bytes @param {boolean} known */
  function offer(bytes, known) {
    if (bytes.length === 0 || bytes.length > longest) return;
    runs++;
    // Read by nobody unless this input ends the process.
    if (runs % 64 === 0 || known) writeFileSync(join(folder, 'last'), bytes);
    const { fresh, ok, wrong, again } = addon.run(bytes, random(3), random(3));
    if (wrong) {
      writeFileSync(join(folder, 'wrong'), bytes);
      throw new Error(`${wrong}: build/fuzz/wrong`);
    }
    if (ok) values++;
    if (fresh === 0) return;
    corpus.push(bytes);
    if (args.keep && !known) {
      writeFileSync(join(corpusFolder, createHash('sha256').update(bytes).digest('hex').slice(0, 16)), bytes);
      kept++;
    }
    if (again && !known) offer(again, false);
  }

  function mutate() {
    /** @type {Uint8Array} */
    let bytes = Uint8Array.from(pick(corpus));
    for (let edits = random(3) === 0 ? 1 + random(4) : 1; edits > 0; edits--) bytes = edit(bytes);
    return bytes;
  }

  /** @param {Uint8Array} bytes */
  function edit(bytes) {
    const at = random(bytes.length);
    switch (random(7)) {
      case 0:
        bytes[at] = random(256);
        return bytes;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        return bytes;
      case 2: // a tag, or a number where things get tight
        bytes[at] = pick([0, 1, 2, 3, 0x7f, 0x80, 0xff, ...Array.from({ length: 30 }, (_, tag) => tag + 1)]);
        return bytes;
      case 3: {
        const length = Math.min(1 + random(16), bytes.length - at);
        return joined(bytes.subarray(0, at), bytes.subarray(at + length));
      }
      case 4: {
        const other = pick(corpus);
        const from = random(other.length);
        return joined(bytes.subarray(0, at), other.subarray(from, from + 1 + random(64)), bytes.subarray(at));
      }
      case 5: {
        const piece = bytes.subarray(at, at + 1 + random(32));
        return joined(bytes.subarray(0, at), piece, piece, bytes.subarray(at + piece.length));
      }
      default: // a big varint
        return joined(
          bytes.subarray(0, at),
          Uint8Array.from([0xff, 0xff, 0xff, 0xff, random(128)]),
          bytes.subarray(at),
        );
    }
  }

  /** @template T @param {T[]} list */
  function pick(list) {
    return /** @type {T} */ (list[random(list.length)]);
  }

  function finish() {
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(
      `decoder: ${runs} messages in ${seconds} s, ${values} were values, ${corpus.length} inputs reach something of their own, ${kept} new ones kept, seed ${args.seed}`,
    );
  }
}

/** @param {Uint8Array[]} parts */
function joined(...parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function seenByJavaScript() {
  throw new Error('decoding ran JavaScript');
}

function samples() {
  const shared = { x: 1 };
  const cycle = /** @type {unknown[]} */ ([]);
  cycle.push(cycle, { cycle });
  const holes = new Array(5);
  holes[0] = 1;
  holes[2] = 'x';
  const sparse = new Array(600);
  sparse[599] = 1;
  return [
    [undefined, null, true, false, 0, -1, 127, 1e9, 0.1, Number.NaN],
    [0n, -(2n ** 80n), 'text', '€', '😀'.repeat(9)],
    { aa: 1, bb: { aa: 2, '€': [shared, shared] }, __proto__: null },
    cycle,
    sparse,
    holes,
    new Map([[shared, new Set([1, shared])]]),
    [new Date(5), /x+/giu, Object('s'), Object(1n), Object(Symbol.iterator)],
    [Symbol.for('key'), Symbol.asyncIterator],
    new AggregateError([new TypeError('x', { cause: 1 }), 2], 'all'),
    Object.assign(new RangeError('y'), { code: 'E', info: [shared] }),
    [new Uint8Array(5), new DataView(new ArrayBuffer(9), 1), new Float64Array(3).subarray(1), new ArrayBuffer(2000)],
    [new BigInt64Array(2), new Uint8ClampedArray(3), new Int16Array(4)],
    () => 1,
    Promise.resolve(1),
    Array.from({ length: 300 }, () => ({ 1022: 1 })),
    Array.from({ length: 5 }, () => Object.assign([], { 99999: 1 })),
    Array.from({ length: 100 }, (_, i) => ({ [`k${i}`]: i, aa: {}, bb: Object.create(null) })),
    ...made(),
    Object.fromEntries(Array.from({ length: 60 }, (_, i) => [i < 30 ? i : 1000 * i, i])),
  ];
}

/** Objects of the web's interfaces, of each kind and of one inside another: see decoder_addon.cc. */
function made() {
  class Made {
    /** @param {number} kind @param {unknown[]} parts */
    constructor(kind, parts) {
      this.kind = kind;
      this.parts = parts;
    }
  }
  const error = Object.assign(new Error('m'), { kind: 1, parts: ['DataError', 'm'] });
  const signal = new Made(8, [true, error]);
  return [
    new Made(2, ['https://example.com/']),
    [new Made(4, [['a', 'b', 'set-cookie', 'c']]), error, signal, signal],
    new Made(6, ['text/plain', [new Uint8Array(3), [() => 1, 0, 5]], 'name', 1e12]),
    new Made(7, [['a', new Made(6, ['', [], 'n', 0])]]),
    new Made(9, [{ aa: 1 }, ['a', 'b'], new Uint8Array(4), new Made(8, [false, undefined, () => 1])]),
    new Made(10, [{ aa: 1 }, [], Promise.resolve(1)]),
  ];
}

/** Numbers below `n`, the same ones for the same seed (mulberry32). @param {number} seed */
function generator(seed) {
  let state = seed;
  return (/** @type {number} */ n) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}
