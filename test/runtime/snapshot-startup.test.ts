import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { getProcessStats, HeapLimitError, Snapshot, SnapshotBuilder, SnapshotError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const startup = Number(process.versions.node.split('.')[0]) >= 22;
const mebibyte = 1024 * 1024;

function snapshotOf(...scripts: string[]): Snapshot {
  const builder = new SnapshotBuilder({ timeout: 10_000 });
  for (const [i, script] of scripts.entries()) builder.executeScript(`${i}.js`, script);
  return builder.build();
}

describe('what a snapshot keeps', () => {
  it.each<[string, string, string, unknown]>([
    ['functions and closures', 'const f = ((n) => () => ++n)(1)', '[f(), f()]', [2, 3]],
    [
      'classes with private fields',
      'class A { #x = 1; add(n) { this.#x += n; return this.#x; } }',
      'new A().add(2)',
      3,
    ],
    ['generators that wait', 'const g = (function* () { yield 1; yield 2 })(); g.next()', 'g.next().value', 2],
    ['maps and sets', 'const m = new Map([["k", new Set([1, 2])]])', '[...m.get("k")]', [1, 2]],
    ['regular expressions', 'const r = /(?<y>\\d+)-x/u; r.test("1-x")', '"on 2024-x".match(r).groups.y', '2024'],
    [
      'typed arrays',
      'const t = Float64Array.of(0.1, -0, 1e300)',
      '[t[0] + 0.2, Object.is(t[1], -0), t[2]]',
      [0.1 + 0.2, true, 1e300],
    ],
    ['big integers and dates', 'const b = 2n ** 70n, d = new Date(5)', '[b, d.getTime()]', [2n ** 70n, 5]],
    ['proxies', 'const p = new Proxy({}, { get: (_, k) => k + "!" })', 'p.hi', 'hi!'],
    ['symbols as keys', 'const s = Symbol("s"), o = { [s]: 1 }', 'o[s]', 1],
    ['resizable buffers', 'const u = new ArrayBuffer(4, { maxByteLength: 64 })', 'u.resize(32), u.byteLength', 32],
    ['long strings', 'const l = "ab".repeat(500000)', 'l.length', 1e6],
    ['deep structures', 'let n = 0; for (let i = 0; i < 20000; i++) n = { n }', 'typeof n.n.n', 'object'],
  ])('%s', (_name, script, question, answer) => {
    expect(make({ snapshot: snapshotOf(script) }).eval(question)).toEqual(answer);
  });

  it('several scripts see each other', () => {
    const snapshot = snapshotOf('let a = 1', 'function addA(n) { return n + a }', 'a = addA(1)');
    expect(make({ snapshot }).eval('addA(0)')).toBe(2);
  });

  it('promises go on where they waited', async () => {
    const runtime = make({
      snapshot: snapshotOf('let go; const p = new Promise((r) => { go = r }).then((n) => n * 2)'),
    });
    expect(await runtime.evalAsync('go(21); p')).toBe(42);
  });

  it('the names on globalThis are those of any runtime', () => {
    const names = 'Object.getOwnPropertyNames(globalThis).sort()';
    expect(make({ snapshot: snapshotOf('') }).eval(names)).toEqual(make().eval(names));
    expect(make({ snapshot: snapshotOf(''), console: () => {} }).eval(names)).toEqual(
      make({ console: () => {} }).eval(names),
    );
  });

  it('what is missing while it is built is there afterwards', () => {
    const snapshot = snapshotOf('const during = typeof WebAssembly');
    const runtime = make({ snapshot });
    expect(runtime.eval('[typeof WebAssembly, typeof SharedArrayBuffer]')).toEqual(['object', 'function']);
    if (startup) expect(runtime.eval('during')).toBe('undefined');
  });

  it('a script may set Error.stackTraceLimit; runtimes have stacks', () => {
    const snapshot = new SnapshotBuilder()
      .executeScript('a.js', 'Error.stackTraceLimit = 50; function fail() { throw new Error("no") }')
      .warmup('try { fail() } catch {}')
      .build();
    expect(make({ snapshot }).eval('try { fail() } catch (e) { e.stack }')).toMatch(/at fail \(a\.js:1/);
    expect(make({ snapshot }).eval('typeof Error.stackTraceLimit')).toBe('number');
  });

  it('Math.random differs between runtimes', () => {
    const snapshot = snapshotOf('Math.random()');
    const values = [1, 2, 3, 4].map(() => make({ snapshot }).eval('Math.random()'));
    expect(new Set(values).size).toBe(4);
  });

  it('fifty runtimes from one snapshot, made both ways', async () => {
    const snapshot = snapshotOf('const box = { n: 0 }; function next() { return ++box.n }');
    for (let i = 0; i < 25; i++) {
      expect(make({ snapshot }).eval('[next(), next()]')).toEqual([1, 2]);
      expect(await (await create({ snapshot })).evalAsync('next()')).toBe(1);
    }
  });

  it('the effects of a warm-up are not kept, what it calls still works', () => {
    const snapshot = new SnapshotBuilder()
      .executeScript('a.js', 'let count = 0; function f(n) { count++; return n * 2 }')
      .warmup('for (let i = 0; i < 100; i++) f(i); globalThis.left = count; Array.prototype.map = null')
      .build();
    expect(make({ snapshot }).eval('[count, f(4), typeof left, typeof [].map]')).toEqual([
      0,
      8,
      'undefined',
      'function',
    ]);
  });

  it('console, host functions and code generation switches apply after the restore', () => {
    const lines: unknown[][] = [];
    const runtime = make({
      snapshot: snapshotOf('function say(x) { console.log(x); return twice(x) }'),
      console: (_level, args) => lines.push(args),
      codeGeneration: { strings: false },
    });
    runtime.bindFunction('twice', (n: number) => n * 2);
    expect(runtime.eval('say(3)')).toBe(6);
    expect(() => runtime.eval('eval("1")')).toThrow(/Code generation/);
    expect(make({ snapshot: snapshotOf('eval("globalThis.e = 1")') }).eval('eval("e + 1")')).toBe(2);
  });
});

describe('scripts that can not become a snapshot', () => {
  it.each(['build', 'buildAsync'] as const)('endless loops and memory bombs fail %s', async (build) => {
    const limits = { timeout: 5_000, maxHeapSize: 32 * mebibyte };
    const loop = new SnapshotBuilder({ timeout: 50 }).executeScript('loop.js', 'for (;;);');
    expect(await failure(() => loop[build]())).toBeInstanceOf(TimeoutError);
    const warm = new SnapshotBuilder({ timeout: 50 }).warmup('for (;;);');
    expect(await failure(() => warm[build]())).toBeInstanceOf(TimeoutError);
    for (const grow of ['a.push([1, 2, 3])', 'a.push(new Uint8Array(1e6).fill(1))']) {
      const bomb = new SnapshotBuilder(limits).executeScript('bomb.js', `const a = []; for (;;) ${grow}`);
      expect(await failure(() => bomb[build]()), grow).toBeInstanceOf(HeapLimitError);
    }
    expect(make({ snapshot: snapshotOf('var fine = 1') }).eval('fine')).toBe(1);
    // A rehearsal that was stopped ends on its own thread, a little later; the runtime above is still open.
    await until(() => getProcessStats().liveIsolates === 1, 'one isolate');
  });

  // Replayed scripts may leave anything behind: there is nothing to store.
  it
    .runIf(startup)
    .each([
      'globalThis.x = new Intl.DateTimeFormat()',
      'globalThis.x = new Intl.Collator().compare',
      'globalThis.x = new FinalizationRegistry(() => {}); x.register({}, 1)',
      'globalThis.x = (function () { "use asm"; function f(a) { a = a | 0; return (a + 1) | 0 } return { f: f } })()',
      'Object.freeze(globalThis)',
      'Object.preventExtensions(globalThis)',
      'Object.freeze(Error)',
    ])('%s is refused', async (script) => {
    const builder = new SnapshotBuilder().executeScript('a.js', script);
    expect(await failure(() => builder.buildAsync())).toBeInstanceOf(SnapshotError);
  });

  it('a guest without room for the snapshot is an error', async () => {
    const snapshot = snapshotOf('globalThis.big = new Array(3e6).fill(1.5)');
    const limited = { snapshot, maxHeapSize: 8 * mebibyte };
    const expected = startup ? SnapshotError : HeapLimitError;
    expect(await failure(() => make(limited))).toBeInstanceOf(expected);
    expect(await failure(() => create(limited))).toBeInstanceOf(expected);
    // A runtime that failed to start ends on its own thread, a little later.
    await until(() => getProcessStats().liveIsolates === 0, 'no isolate');
  });
});

// On Node 20 a snapshot is the list of its scripts, to be replayed: replay.test.ts damages those bytes.
describe.runIf(startup)('bytes of a startup snapshot', () => {
  it('every changed byte of the header is found', () => {
    const bytes = snapshotOf('var a = 1').toBuffer();
    for (let i = 8; i < 128; i++) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => Snapshot.from(changed), `byte ${i}`).toThrow(SnapshotError);
    }
  });

  it('changed and cut payloads are found', () => {
    const bytes = snapshotOf('var a = 1').toBuffer();
    for (let i = 128; i < bytes.length; i += Math.floor(bytes.length / 20)) {
      const changed = Buffer.from(bytes);
      changed[i] = (changed[i] ?? 0) ^ 1;
      expect(() => Snapshot.from(changed), `byte ${i}`).toThrow(SnapshotError);
      expect(() => Snapshot.from(bytes.subarray(0, i)), `length ${i}`).toThrow(SnapshotError);
    }
  });
});

it('a process that made and used snapshots ends by itself', () => {
  const entry = fileURLToPath(new URL('../../lib/index.ts', import.meta.url));
  const script = `
    import { Runtime, SnapshotBuilder } from ${JSON.stringify(entry)};
    const source = 'globalThis.a = 1';
    const builder = () => new SnapshotBuilder({ timeout: 200 }).executeScript('a.js', source).warmup('a');
    const snapshots = [builder().build(), await builder().buildAsync()];
    try { new SnapshotBuilder({ timeout: 50 }).executeScript('a.js', 'for (;;);').build() } catch {}
    const open = snapshots.map((snapshot) => new Runtime({ snapshot }));
    new Runtime({ snapshot: snapshots[0] }).close();
    console.log(open.map((runtime) => runtime.eval('a')).join());
    if (process.argv[1] === 'exit') {
      void new SnapshotBuilder().executeScript('a.js', 'for (;;);').buildAsync();
      setTimeout(() => process.exit(0), 50);
    }
  `;
  for (const way of ['end', 'exit']) {
    const args = ['--import', 'tsx', '--input-type=module', '-e', script, way];
    expect(execFileSync(process.execPath, args, { encoding: 'utf8', timeout: 110_000 })).toBe('1,1\n');
  }
});
