import { getProcessLimits, HeapLimitError, SnapshotBuilder, setProcessLimits } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const mebibyte = 1024 * 1024;

/** Guest code: `fill(n)` keeps n MiB of numbers alive, `room(n)` says whether a buffer of n MiB fits. */
const helpers = `
  const kept = [];
  function fill(mebibytes) {
    for (let i = 0; i < mebibytes; i++) kept.push(new Array(131072).fill(0.5));
  }
  function room(mebibytes) {
    try {
      kept.push(new Uint8Array(mebibytes * 1048576));
      return true;
    } catch (error) {
      return error instanceof RangeError && error.message;
    }
  }`;

const limited = () => make({ maxHeapSize: 64 * mebibyte, bootstrap: helpers });

describe('maxHeapSize', () => {
  // V8 stops the process over some sizes when it is given them as they are.
  it.each([
    4 * mebibyte + 1,
    9_000_001,
    20_000_000,
    100_000_000,
    300_000_000,
    512 * mebibyte - 1,
    512 * mebibyte + 1,
    1_000_000_007,
    2 ** 50 + 1,
  ])('may be any number of bytes: %d', (maxHeapSize) => {
    const limits = getProcessLimits();
    setProcessLimits({ maxReservedBytes: Number.MAX_SAFE_INTEGER });
    try {
      expect(make({ maxHeapSize }).eval('6 * 7')).toBe(42);
      const initialHeapSize = Math.ceil(maxHeapSize / 3);
      expect(make({ maxHeapSize, initialHeapSize }).eval('6 * 7')).toBe(42);
      const snapshot = new SnapshotBuilder({ maxHeapSize }).executeScript('a.js', 'globalThis.answer = 42').build();
      expect(make({ maxHeapSize, snapshot }).eval('answer')).toBe(42);
    } finally {
      setProcessLimits(limits);
    }
  });

  it('that is no whole number of pages is a limit like any other', async () => {
    const runtime = make({ maxHeapSize: 20_000_001, timeout: 20_000 });
    const error = await failure(() => runtime.evalAsync('const all = []; for (;;) all.push({ all: [1, 2] })'));
    expect(error).toBeInstanceOf(HeapLimitError);
  });

  it('gives a buffer the room that the heap leaves', () => {
    const runtime = limited();
    expect(runtime.eval('fill(30); room(48)')).toBe('Array buffer allocation failed');
    expect(runtime.eval('room(16)')).toBe(true);
  });

  it('gives a buffer the room of what has died', () => {
    const runtime = limited();
    expect(runtime.eval('fill(40); kept.length = 0; room(48)')).toBe(true);
    expect(runtime.eval('kept.length = 0; room(48)')).toBe(true);
  });

  it.each(['eval', 'evalAsync'] as const)('ends a heap that grows into what buffers hold (%s)', async (method) => {
    const runtime = limited();
    expect(runtime.eval('room(40)')).toBe(true);
    const error = await failure(async () => {
      for (let i = 0; i < 60; i++) await runtime[method]('fill(1)');
    });
    expect(error).toBeInstanceOf(HeapLimitError);
    expect(error).toMatchObject({ limit: 64 * mebibyte });
    expect(runtime.state).toBe('terminated');
  });

  it('never ends a guest for buffers that are dead but not freed yet', () => {
    const runtime = limited();
    runtime.eval('fill(20)');
    expect(runtime.eval('let n = 0; for (let i = 0; i < 200; i++) n += new Uint8Array(24 * 1048576).length; n')).toBe(
      200 * 24 * mebibyte,
    );
  });

  it('answers one buffer above the limit with a RangeError that the guest may survive', () => {
    const runtime = limited();
    expect(runtime.eval('room(65)')).toBe('Array buffer allocation failed');
    expect(runtime.eval('room(256)')).toBe('Array buffer allocation failed');
    expect(runtime.eval('room(1)')).toBe(true);
  });
});

/** (memory (export "m") 1 2), or with `shared` (memory (export "m") (shared 1 2)) */
const module = (shared: boolean) =>
  `new Uint8Array([0,97,115,109,1,0,0,0, 5,4,1,${shared ? 3 : 1},1,2, 7,5,1,1,109,2,0])`;

describe('after the end', () => {
  it('nothing runs that waited behind what broke the limit', async () => {
    const runtime = make({ maxHeapSize: 64 * mebibyte, bootstrap: helpers, console: true });
    const ran: unknown[] = [];
    runtime.on('console', (_level, args) => ran.push(args));
    const first = runtime.evalAsync('const until = Date.now() + 150; while (Date.now() < until);');
    const bomb = failure(() => runtime.evalAsync('for (;;) fill(1)'));
    // Both wait now, and are served in one go.
    const error = await failure(() => runtime.eval('console.log("ran")'));
    expect(error).toBeInstanceOf(HeapLimitError);
    expect(await bomb).toBeInstanceOf(HeapLimitError);
    await first;
    await runtime.closeAsync();
    expect(ran).toEqual([]);
  });

  it('no timer fires that came due behind what broke the limit', async () => {
    const runtime = make({ maxHeapSize: 64 * mebibyte, bootstrap: helpers, console: true, maxTimers: 1 });
    const ran: unknown[] = [];
    const busy = new Promise((resolve) => {
      runtime.on('console', (_level, args) => {
        ran.push(args);
        resolve(undefined);
      });
    });
    await runtime.evalAsync('setTimeout(() => console.log("ran"), 100); undefined');
    const first = runtime.evalAsync('console.log("busy"); const until = Date.now() + 300; while (Date.now() < until);');
    await busy;
    const bomb = await failure(() => runtime.evalAsync('for (;;) fill(1)'));
    expect(bomb).toBeInstanceOf(HeapLimitError);
    await first;
    await runtime.closeAsync();
    expect(ran).toEqual([['busy']]);
  });
});

describe('memory that no allocator is asked for', () => {
  const make64 = () => make({ maxHeapSize: 64 * mebibyte, timeout: 10_000 });
  const upTo = (mebibytes: number) => `n <= ${mebibytes}; n++`;
  const growing = (mebibytes: number) => ({
    'a resizable ArrayBuffer': `const b = new ArrayBuffer(0, { maxByteLength: 1024 * 1048576 });
      for (let n = 1; ${upTo(mebibytes)}) { b.resize(n * 1048576); new Uint8Array(b).fill(1, (n - 1) * 1048576); } 'grown'`,
    'a growable SharedArrayBuffer': `const b = new SharedArrayBuffer(0, { maxByteLength: 1024 * 1048576 });
      for (let n = 1; ${upTo(mebibytes)}) { b.grow(n * 1048576); new Uint8Array(b).fill(1, (n - 1) * 1048576); } 'grown'`,
    'a shared WebAssembly memory': `const m = new WebAssembly.Memory({ initial: 0, maximum: 16384, shared: true });
      for (let n = 1; ${upTo(mebibytes)}) { m.grow(16); new Uint8Array(m.buffer).fill(1, (n - 1) * 1048576); } 'grown'`,
  });

  it.each(Object.entries(growing(1000)))(
    '%s with a high ceiling is refused what is above the limit',
    async (_, code) => {
      const runtime = make64();
      const before = process.memoryUsage.rss();
      const error = await failure(() => runtime.evalAsync(code));
      expect(error).toMatchObject({ name: 'RangeError', message: 'Array buffer allocation failed' });
      expect(process.memoryUsage.rss() - before).toBeLessThan(500 * mebibyte);
    },
  );

  it.each(Object.entries(growing(40)))('%s with a high ceiling may grow within the limit', async (_, code) => {
    expect(await make64().evalAsync(code)).toBe('grown');
  });

  it('never ends a guest for WebAssembly memories that are dead but not freed yet', async () => {
    const code = `let made = 0;
      for (const end = Date.now() + 300; Date.now() < end || made < 200; made++) {
        new Uint8Array(new WebAssembly.Memory({ initial: 16 }).buffer).fill(1, 0, 1000);
      }
      'lived'`;
    expect(await make64().evalAsync(code)).toBe('lived');
  });

  // What a memory with 64-bit addresses is asked for in BigInts. Node 24 knows them.
  const addresses = [["'i32'", ''], ...(Number(process.versions.node.split('.')[0]) < 24 ? [] : [["'i64'", 'n']])];

  describe.each(addresses)('WebAssembly memories with addresses of %s', (address, n) => {
    it.each([false, true])('are counted as they are made (shared: %s)', async (shared) => {
      const code = `const all = [], descriptor = { address: ${address}, initial: 16${n}, maximum: 16${n}, shared: ${shared} };
        let error;
        try { while (all.length < 1000) all.push(new WebAssembly.Memory(descriptor)); } catch (e) { error = e; }
        [error?.name, all.length <= 64, all.length > 48]`;
      expect(await make64().evalAsync(code)).toEqual(['RangeError', true, true]);
    });

    it.each([false, true])('are counted as they grow (shared: %s)', async (shared) => {
      const code = `const descriptor = { address: ${address}, initial: 1${n}, maximum: 16384${n}, shared: ${shared} };
        const memory = new WebAssembly.Memory(descriptor);
        let error;
        try { for (let i = 0; i < 1000; i++) memory.grow(16${n}); } catch (e) { error = e; }
        const size = memory.buffer.byteLength / 1048576;
        [error?.name, size <= 64, size > 48]`;
      expect(await make64().evalAsync(code)).toEqual(['RangeError', true, true]);
    });
  });

  it('refuses modules that declare shared memory, however they come', async () => {
    const runtime = make64();
    const refused = 'a module that declares shared memory is not allowed here; import the memory instead';
    const caught = `(error) => error instanceof WebAssembly.CompileError && error.message`;
    const said = await runtime.evalAsync(`Promise.all([
      (async () => new WebAssembly.Module(${module(true)}))().catch(${caught}),
      WebAssembly.compile(${module(true)}).catch(${caught}),
      WebAssembly.instantiate(${module(true)}).catch(${caught}),
      WebAssembly.instantiate(${module(true)}.buffer, {}).catch(${caught}),
    ])`);
    expect(said).toEqual([refused, refused, refused, refused]);
  });

  it('leaves other modules as they are', async () => {
    const runtime = make64();
    const said = await runtime.evalAsync(`(async () => {
      const bytes = ${module(false)};
      const compiled = await WebAssembly.compile(bytes);
      const both = await WebAssembly.instantiate(bytes);
      const instance = await WebAssembly.instantiate(new WebAssembly.Module(bytes));
      const wrong = await WebAssembly.compile(new Uint8Array(3)).catch((error) => error.name);
      const missing = await WebAssembly.compile().catch((error) => error.name);
      return [compiled, both.module].map((one) => WebAssembly.Module.exports(one)[0].kind).concat(
        instance.exports.m.buffer.byteLength, wrong, missing,
        WebAssembly.compile.name, WebAssembly.compile.length, WebAssembly.instantiate.length);
    })()`);
    expect(said).toEqual(['memory', 'memory', 65536, 'CompileError', 'TypeError', 'compile', 1, 1]);
  });

  it('counts a shared memory that a module imports', () => {
    // (module (import "e" "m" (memory (shared 1 2))))
    const importing = 'new Uint8Array([0,97,115,109,1,0,0,0, 2,9,1,1,101,1,109,2,3,1,2])';
    expect(
      make64().eval(`const m = new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true });
        new WebAssembly.Instance(new WebAssembly.Module(${importing}), { e: { m } }) instanceof WebAssembly.Instance`),
    ).toBe(true);
  });
});
