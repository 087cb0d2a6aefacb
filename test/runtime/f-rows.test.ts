import { inspect } from 'node:util';
import {
  getProcessStats,
  HeapLimitError,
  InvalidArgRangeError,
  InvalidArgTypeError,
  IsoletError,
  JavaScriptError,
  type JsFunction,
  RuntimeClosedError,
  RuntimeTerminatedError,
  SnapshotBuilder,
  TimeoutError,
  TransferError,
} from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;

describe('options', () => {
  it('F009: the isolates of the process are counted', async () => {
    const before = getProcessStats().liveIsolates;
    const runtime = make();
    expect(getProcessStats().liveIsolates).toBe(before + 1);
    await runtime.closeAsync();
    expect(getProcessStats().liveIsolates).toBe(before);
  });

  it('F010: maxHeapSize covers written array buffers and the bootstrap too', () => {
    const hoard = 'const keep = []; for (;;) keep.push(new Uint8Array(262144).fill(1));';
    const runtime = make({ maxHeapSize: 16 * mebibyte });
    expect(() => runtime.eval(hoard)).toThrow(HeapLimitError);
    expect(() => make({ maxHeapSize: 16 * mebibyte, bootstrap: hoard })).toThrow(HeapLimitError);
  });

  it('F011: initialHeapSize with its maximum is accepted', () => {
    const runtime = make({ maxHeapSize: 64 * mebibyte, initialHeapSize: 8 * mebibyte });
    expect(runtime.getStats().heapLimitBytes).toBe(64 * mebibyte);
  });

  it("F013: the runtime's timeout is the default of every call, the bootstrap included", async () => {
    const runtime = make({ timeout: 40 });
    const spin = runtime.eval<JsFunction>('(() => { for (;;); })');
    runtime.addModule('spin', 'for (;;);');
    const calls: (() => unknown)[] = [
      () => runtime.eval('for (;;);'),
      () => runtime.evalAsync('for (;;);'),
      () => spin(),
      () => spin.callAsync(),
      () => runtime.evalModule('spin'),
      () => runtime.evalModuleAsync('spin'),
      () => make({ timeout: 40, bootstrap: 'for (;;);' }),
    ];
    for (const call of calls) expect(await failure(call)).toMatchObject({ name: 'TimeoutError', limit: 40 });
    expect(runtime.eval('6 * 7', { timeout: 5000 })).toBe(42);
  });

  it('F016, F083: a snapshot and a bootstrap, host functions on top, one buffer for many', async () => {
    const snapshot = await new SnapshotBuilder().executeScript('lib.js', 'var base = 40').buildAsync();
    for (const bootstrap of ['base += 1', 'base += 2']) {
      const runtime = make({ snapshot, bootstrap });
      runtime.bindFunction('one', () => 1);
      expect(runtime.eval('base + one()')).toBe(bootstrap.endsWith('1') ? 42 : 43);
    }
  });

  it('F080: the constructor of a builder checks its options and takes a bootstrap by executeScript', async () => {
    expect(() => new SnapshotBuilder({ timeout: -1 })).toThrow(RangeError);
    const builder = new SnapshotBuilder({ timeout: 5000, maxHeapSize: 64 * mebibyte });
    expect(builder.executeScript('<bootstrap>', 'var x = 1')).toBe(builder);
    const runtime = make({ snapshot: await builder.buildAsync() });
    expect(runtime.eval('x')).toBe(1);
  });

  it('F084: a snapshot of another engine is an error, not a crash', async () => {
    const snapshot = await new SnapshotBuilder().executeScript('a.js', 'var x = 1').buildAsync();
    const bytes = new Uint8Array(snapshot.toBuffer());
    for (const garbage of [bytes.slice(0, 10), bytes.map((byte) => byte ^ 1), new Uint8Array(5000)]) {
      expect(() => make({ snapshot: garbage as never })).toThrow(/snapshot/i);
    }
  });

  it('F017, F018: depth and bytes are enforced on every path', async () => {
    const runtime = make({ maxTransferDepth: 3, maxTransferBytes: 2000 });
    const deep = '[[[[1]]]]';
    const wide = '"x".repeat(3000)';
    runtime.bindFunction('take', () => 0);
    runtime.bindFunction('giveDeep', () => JSON.parse(deep));
    runtime.bindFunction('giveWide', () => 'x'.repeat(3000));
    const id = runtime.eval<JsFunction>('(x) => 0');
    for (const [value, limit] of [
      [deep, 3],
      [wide, 2000],
    ] as const) {
      const inHost: unknown = value === deep ? JSON.parse(deep) : 'x'.repeat(3000);
      for (const call of [
        () => runtime.eval(value),
        () => runtime.evalAsync(value),
        () => id(inHost),
        () => id.callAsync([inHost]),
        () => runtime.bindObject('o', { a: inHost }),
      ]) {
        const error = await failure(call);
        expect(error).toBeInstanceOf(TransferError);
        expect(error).toMatchObject({ limit });
        expect(error['actual']).toBeGreaterThan(limit);
      }
      // Between guest and host function it is the guest's error.
      expect(runtime.eval(`try { take(${value}) } catch (e) { e.name }`)).toBe('RangeError');
      const give = value === deep ? 'giveDeep' : 'giveWide';
      expect(runtime.eval(`try { ${give}() } catch (e) { e.name }`)).toBe('RangeError');
    }
  });

  it('F019: options stay plain objects and a runtime prints short', () => {
    const options = Object.freeze({ bootstrap: `var secret = '${'x'.repeat(1000)}'` });
    const text = inspect(make(options));
    expect(text.length).toBeLessThan(100);
    expect(text).not.toContain('xxx');
  });

  it('F116: codeGeneration takes eval, Function and WebAssembly away', () => {
    const runtime = make({ codeGeneration: { strings: false, wasm: false } });
    expect(runtime.eval('try { eval("1") } catch (e) { e.name }')).toBe('EvalError');
    expect(runtime.eval('try { new Function("return 1")() } catch (e) { e.name }')).toBe('EvalError');
    const wasm = 'new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))';
    expect(runtime.eval(`try { ${wasm}; 'made' } catch (e) { e.name }`)).toBe('CompileError');
    expect(make().eval(`eval("1") + new Function("return 1")() + typeof ${wasm}`)).toBe('2object');
  });
});

describe('life', () => {
  it('F021: closed, state and terminationReason in every state', async () => {
    const runtime = make();
    const look = () => [runtime.closed, runtime.state, runtime.terminationReason];
    expect(look()).toEqual([false, 'open', undefined]);
    runtime.terminate('enough');
    expect(look()).toEqual([true, 'terminated', 'enough']);
    runtime.close();
    expect(look()).toEqual([true, 'closed', 'enough']);
    const draining = make({ maxTimers: 1 });
    const work = draining.evalAsync('new Promise((resolve) => setTimeout(resolve, 30))');
    const closing = draining.closeAsync({ drain: true });
    expect([draining.closed, draining.state]).toEqual([false, 'closing']);
    await work;
    await closing;
    expect(draining.state).toBe('closed');
  });

  it('F023: terminate() never waits, also from a host function and during a synchronous call', async () => {
    const runtime = make();
    runtime.bindFunction('stop', () => runtime.terminate('from inside'));
    expect(await failure(() => runtime.eval('stop(); for (;;);'))).toMatchObject({ reason: 'from inside' });
    const other = make();
    const busy = failure(() => other.evalAsync('for (;;);'));
    const began = performance.now();
    other.terminate();
    expect(performance.now() - began).toBeLessThan(500);
    expect(await busy).toMatchObject({ reason: 'host request' });
  });

  it('F024: a scope closes, also when its body throws', () => {
    let seen: ReturnType<typeof make> | undefined;
    const scope = () => {
      using runtime = make();
      seen = runtime;
      throw new RangeError('body');
    };
    expect(scope).toThrow('body');
    expect(seen?.state).toBe('closed');
  });

  it('F025: after close every method but the getters and close says so', async () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('() => 1');
    runtime.close();
    for (const call of [
      () => runtime.eval('1'),
      () => runtime.evalAsync('1'),
      () => runtime.bindFunction('f', () => 1),
      () => runtime.bindObject('o', {}),
      () => runtime.unbind('o'),
      () => runtime.getStats(),
      () => fn(),
      () => fn.callAsync(),
    ]) {
      expect(await failure(call)).toBeInstanceOf(RuntimeClosedError);
    }
    runtime.close();
    runtime.terminate();
    expect(runtime.closed).toBe(true);
  });

  it('F026: after terminate and after the heap limit the reason stays, statistics too', async () => {
    const runtime = make();
    runtime.terminate('why');
    for (const call of [
      () => runtime.eval('1'),
      () => runtime.evalAsync('1'),
      () => runtime.bindFunction('f', () => 1),
    ]) {
      expect(await failure(call)).toMatchObject({ name: 'RuntimeTerminatedError', reason: 'why' });
    }
    expect(runtime.getStats().pendingCalls).toBe(0);
    const full = make({ maxHeapSize: 16 * mebibyte });
    expect(() => full.eval('const a = []; for (;;) a.push(new Array(1000).fill({}))')).toThrow(HeapLimitError);
    expect(await failure(() => full.eval('1'))).toMatchObject({ name: 'HeapLimitError', reason: 'heap limit' });
  });

  it('F028: a runtime can not be sent to another thread', () => {
    expect(() => structuredClone({ method: make().eval })).toThrow(/could not be cloned/);
  });

  it('F029, F045: live handles are counted and released by close', async () => {
    const runtime = make();
    const kept = [runtime.eval('() => 1'), runtime.eval('() => 2')];
    expect(runtime.getStats().liveFunctionHandles).toBe(2);
    (kept[0] as JsFunction).release();
    await until(() => runtime.getStats().liveFunctionHandles === 1, 'the handle to go');
    runtime.close();
    (kept[1] as JsFunction).release();
    expect((kept[1] as JsFunction).released).toBe(true);
  });
});

describe('bindings', () => {
  it('F031: a name is a property key, never source text', () => {
    const runtime = make();
    for (const name of ['my-fn', 'a.b', '"]; globalThis.pwned = 1; ["', ' ', '__proto__']) {
      runtime.bindFunction(name, () => name);
      const read = `Object.getOwnPropertyDescriptor(globalThis, ${JSON.stringify(name)}).value`;
      expect(runtime.eval(`${read}()`)).toBe(name);
    }
    expect(runtime.eval('typeof pwned')).toBe('undefined');
  });

  it('F031: spare arguments are passed and ignored, as in JavaScript; this is undefined', () => {
    const runtime = make();
    let receiver: unknown = 'untouched';
    runtime.bindFunction('even', function (this: unknown, n: number) {
      receiver = this;
      return n % 2 === 0;
    });
    expect(runtime.eval('[1, 2, 3, 4].filter(even)')).toEqual([2, 4]);
    expect(receiver).toBeUndefined();
  });

  it('F032: a function can be bound under its own name', () => {
    const runtime = make();
    const add = (a: number, b: number) => a + b;
    runtime.bindFunction(add.name, add);
    expect(runtime.eval('add(2, 3)')).toBe(5);
    expect(() => runtime.bindFunction('', add)).toThrow(/name/);
    expect(() => runtime.bindFunction('x', 5 as never)).toThrow(InvalidArgTypeError);
  });

  it('F033: a bound object replaces, at any depth, and is a copy', () => {
    const runtime = make();
    const object = { a: 1, deep: { list: [{ twice: (n: number) => n * 2 }] } };
    runtime.bindObject('o', object);
    expect(runtime.eval('o.deep.list[0].twice(21)')).toBe(42);
    runtime.eval('o.a = 99; o.extra = 1');
    expect(object).not.toHaveProperty('extra');
    expect(object.a).toBe(1);
    runtime.bindObject('o', { b: 2 });
    expect(runtime.eval('Object.keys(o)')).toEqual(['b']);
  });

  it('F034, B198: there is no dispatcher, and a sync function may be bound as async', async () => {
    const runtime = make();
    const names = 'Reflect.ownKeys(globalThis).map(String)';
    const before = runtime.eval<string[]>(names);
    runtime.bindFunction('f', () => 5, { mode: 'async' });
    expect(runtime.eval('f() instanceof Promise')).toBe(true);
    expect(await runtime.evalAsync('f()')).toBe(5);
    expect(runtime.eval<string[]>(names).filter((name) => !before.includes(name))).toEqual(['f']);
    expect(runtime.eval('Reflect.ownKeys(f).map(String).sort()')).toEqual(['length', 'name']);
  });

  it('F036: an async host function works from any entry, also a synchronous one', async () => {
    const runtime = make();
    runtime.bindFunction('later', async (n: number) => n + 1);
    expect(await runtime.eval('later(1)')).toBe(2);
    expect(await runtime.evalAsync('later(2)')).toBe(3);
    expect(await runtime.eval<JsFunction>('(n) => later(n)')(3)).toBe(4);
    runtime.addModule('m', 'export const n = await later(4);');
    expect(await runtime.evalModuleAsync('m')).toMatchObject({ n: 5 });
  });

  it('F037: while the host waits in a handle, the host function it calls is served', () => {
    const runtime = make();
    const apply = runtime.eval<JsFunction>('(f, n) => f(n) + 1');
    expect(apply((n: number) => runtime.eval<number>(`${n} * 2`), 5)).toBe(11);
  });

  it('F106: a host error keeps its class in the guest and is the same object when it comes out', async () => {
    const runtime = make();
    const boom = new RangeError('no', { cause: 'because' });
    runtime.bindFunction('fail', () => {
      throw boom;
    });
    expect(runtime.eval('try { fail() } catch (e) { [e instanceof RangeError, e.message, e.cause] }')).toEqual([
      true,
      'no',
      'because',
    ]);
    const error = await failure(() => runtime.eval('fail()'));
    expect(error).toMatchObject({ name: 'RangeError' });
    expect((error as unknown as JavaScriptError).thrown).toBe(boom);
    expect(error.cause).toBe(boom);
  });
});

describe('guest functions', () => {
  it('F040: a call gives the value, a promise stays a promise whatever its state', async () => {
    const runtime = make();
    expect(runtime.eval<JsFunction>('(n) => n * 2')(5)).toBe(10);
    for (const body of ['async (n) => n * 2', '(n) => Promise.resolve(n * 2)']) {
      const result = runtime.eval<JsFunction>(`(${body})`)(5);
      expect(result).toBeInstanceOf(Promise);
      expect(await result).toBe(10);
    }
  });

  it('F041: callAsync has limits and a signal of its own and holds up no other call', async () => {
    const runtime = make();
    const never = runtime.eval<JsFunction>('() => new Promise(() => {})');
    const spin = runtime.eval<JsFunction>('() => { for (;;); }');
    const waiting = failure(() => never.callAsync([], { timeout: 100 }));
    expect(await runtime.evalAsync('1 + 1')).toBe(2);
    expect(await waiting).toMatchObject({ phase: 'pending' });
    expect(await failure(() => spin.callAsync([], { timeout: 50 }))).toBeInstanceOf(TimeoutError);
    const reason = new Error('mine');
    const abort = new AbortController();
    const aborted = failure(() => spin.callAsync([], { signal: abort.signal }));
    setTimeout(() => abort.abort(reason), 30);
    expect(await aborted).toBe(reason);
  });

  it('F042, F046: release is final, idempotent and visible', () => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('(function named() {})');
    expect(inspect(fn)).toBe('[JsFunction named]');
    fn.release();
    fn.release();
    expect(fn.released).toBe(true);
    expect(inspect(fn)).toContain('released');
    expect(() => fn()).toThrow(TransferError);
  });

  it('F043: a method keeps its receiver, a bare function has none', () => {
    const runtime = make();
    const { get } = runtime.eval<{ get: JsFunction }>('({ value: 42, get() { return this.value } })');
    expect(get()).toBe(42);
    expect(runtime.eval<JsFunction>('(function () { "use strict"; return this })')()).toBeUndefined();
  });

  it('F044: a handle goes home as itself on every path, and is refused elsewhere', async () => {
    const runtime = make();
    const other = make();
    const fn = runtime.eval<JsFunction>('globalThis.f = () => 1');
    runtime.bindFunction('give', () => fn);
    runtime.bindObject('o', { fn });
    expect(runtime.eval('give() === f && o.fn === f')).toBe(true);
    expect(runtime.eval<JsFunction>('(x) => x === f')(fn)).toBe(true);
    expect(await failure(() => other.eval<JsFunction>('(x) => x')(fn))).toBeInstanceOf(TransferError);
    other.bindFunction('give', () => fn);
    expect(other.eval('try { give() } catch (e) { e.name }')).toBe('TypeError');
  });
});

describe('modules and statistics', () => {
  it('F054: evalModuleAsync takes timeout and signal', async () => {
    const runtime = make();
    runtime.addModule('wait', 'await new Promise(() => {});');
    expect(await failure(() => runtime.evalModuleAsync('wait', { timeout: 30 }))).toBeInstanceOf(TimeoutError);
    const reason = new Error('stop');
    const signal = AbortSignal.abort(reason);
    expect(await failure(() => runtime.evalModuleAsync('wait', { signal }))).toBe(reason);
  });

  it('F058: there is no require; what a script leaves on globalThis is shared', () => {
    const runtime = make();
    expect(runtime.eval('[typeof require, typeof module, typeof exports]')).toEqual(Array(3).fill('undefined'));
  });

  it('F090, F091, F092: memory in bytes, array buffers counted', () => {
    const runtime = make({ maxHeapSize: 64 * mebibyte });
    const before = runtime.getStats();
    runtime.eval('globalThis.keep = new Uint8Array(4 * 1024 * 1024).fill(1); globalThis.list = Array(1e5).fill(1.5);');
    const after = runtime.getStats();
    expect(after.heapLimitBytes).toBe(64 * mebibyte);
    expect(after.heapUsedBytes).toBeGreaterThan(0);
    expect(after.heapTotalBytes).toBeGreaterThanOrEqual(after.heapUsedBytes);
    expect(after.physicalTotalBytes).toBeGreaterThan(0);
    expect(after.arrayBufferBytes - before.arrayBufferBytes).toBeGreaterThanOrEqual(4 * mebibyte);
    expect(after.externalMemoryBytes - before.externalMemoryBytes).toBeGreaterThanOrEqual(4 * mebibyte);
  });

  it('F093: execution and CPU time are fractions of milliseconds, a wait costs no CPU', async () => {
    const runtime = make();
    const wait = deferred();
    runtime.bindFunction('wait', () => wait.promise);
    const call = runtime.evalAsync('const end = Date.now() + 20; while (Date.now() < end); wait()');
    setTimeout(() => wait.resolve(), 60);
    await call;
    const { totalExecutionTimeMs, lastExecutionTimeMs, totalCpuTimeMs } = runtime.getStats();
    expect(totalExecutionTimeMs).toBeGreaterThanOrEqual(19);
    expect(totalExecutionTimeMs).toBeGreaterThanOrEqual(lastExecutionTimeMs);
    expect(totalCpuTimeMs).toBeGreaterThan(0);
    expect(totalCpuTimeMs).toBeLessThan(totalExecutionTimeMs + 20);
  });

  it('F094, F095: the last kind and a count for each, binding is none of them', async () => {
    const runtime = make();
    expect(runtime.getStats().lastExecutionKind).toBeNull();
    runtime.bindFunction('f', () => 1);
    runtime.bindFunction('g', async () => 1);
    runtime.addModule('m', 'export default 1');
    runtime.addModule('n', 'export default 2');
    const fn = runtime.eval<JsFunction>('() => 1');
    const steps: [string, () => unknown][] = [
      ['eval', () => runtime.eval('f()')],
      ['evalAsync', () => runtime.evalAsync('g()')],
      ['evalModule', () => runtime.evalModule('m')],
      ['evalModuleAsync', () => runtime.evalModuleAsync('n')],
      ['call', () => fn()],
      ['callAsync', () => fn.callAsync()],
    ];
    for (const [kind, step] of steps) {
      await step();
      expect(runtime.getStats().lastExecutionKind).toBe(kind);
    }
    await failure(() => runtime.eval('throw 1'));
    await failure(() => runtime.eval('for (;;);', { timeout: 20 }));
    expect(runtime.getStats().counts).toEqual({
      eval: 4,
      evalAsync: 1,
      evalModule: 1,
      evalModuleAsync: 1,
      call: 1,
      callAsync: 1,
      hostCall: 1,
      hostCallAsync: 1,
      timeouts: 1,
      errors: 1,
    });
  });

  it('F096, F097: host calls and timers in flight', async () => {
    const runtime = make({ maxTimers: 10 });
    const wait = deferred();
    runtime.bindFunction('wait', () => wait.promise);
    const call = runtime.evalAsync('setTimeout(() => {}, 1e6); setInterval(() => {}, 1e6); wait()');
    await until(() => runtime.getStats().activeHostCalls === 1, 'the host call');
    expect(runtime.getStats()).toMatchObject({ activeTimers: 2, pendingCalls: 1 });
    wait.resolve();
    await call;
    expect(runtime.getStats()).toMatchObject({ activeHostCalls: 0, pendingCalls: 0 });
  });

  it('F066, F098: streams and their bytes are counted in both directions', async () => {
    const runtime = make({ streams: true });
    const zero = { activeGuestStreams: 0, activeHostStreams: 0, bytesStreamedToHost: 0, bytesStreamedToGuest: 0 };
    expect(runtime.getStats()).toMatchObject({ ...zero, totalGuestStreams: 0, totalHostStreams: 0 });
    const stream = runtime.eval<ReadableStream>(`new ReadableStream({ start(c) {
      c.enqueue(new Uint8Array(1000)); c.enqueue('ä'.repeat(50)); c.enqueue({ n: 1 }); c.close() } })`);
    expect(runtime.getStats()).toMatchObject({ activeGuestStreams: 1, totalGuestStreams: 1 });
    for await (const _ of stream as unknown as AsyncIterable<unknown>);
    const read = runtime.getStats();
    expect(read).toMatchObject({ activeGuestStreams: 0, totalGuestStreams: 1, bytesStreamedToHost: 1000 + 100 + 9 });

    async function* source() {
      yield Buffer.from('abc');
      yield ['de', 1];
    }
    const all = runtime.eval<JsFunction>('(async (s) => { for await (const c of s) hold(); })');
    const counts: unknown[] = [];
    runtime.bindFunction('hold', () => void counts.push(runtime.getStats().activeHostStreams));
    await all.callAsync([source()]);
    expect(counts).toEqual([1, 1]);
    const { activeHostStreams, totalHostStreams, bytesStreamedToGuest } = runtime.getStats();
    expect([activeHostStreams, totalHostStreams, bytesStreamedToGuest]).toEqual([0, 1, 3 + 10]);
  });

  it('F099: statistics are a plain object that survives JSON', () => {
    const stats = make({ streams: true }).getStats();
    expect(JSON.parse(JSON.stringify(stats))).toEqual(stats);
    expect(Object.getPrototypeOf(stats)).toBe(Object.prototype);
  });
});

describe('errors', () => {
  it('F101: wrong options are RangeErrors and TypeErrors that name the option', () => {
    for (const [options, option, type] of [
      [{ maxTransferDepth: 0 }, 'maxTransferDepth', InvalidArgRangeError],
      [{ maxTransferBytes: 0 }, 'maxTransferBytes', InvalidArgRangeError],
      [{ snapshot: new Uint8Array(0) }, 'snapshot', undefined],
      [{ snapshot: 'x' }, 'snapshot', InvalidArgTypeError],
    ] as const) {
      let error: unknown;
      try {
        make(options as never);
      } catch (thrown) {
        error = thrown;
      }
      if (type) expect(error).toBeInstanceOf(type);
      expect(String(error)).toContain(option);
    }
  });

  it('F102: a JavaScriptError has everything the guest threw', async () => {
    const runtime = make();
    const error = await failure(() =>
      runtime.eval('function f() { throw Object.assign(new TypeError("m", { cause: 5 }), { code: "C" }) } f()'),
    );
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toBeInstanceOf(IsoletError);
    const { thrown, frames } = error as unknown as JavaScriptError;
    expect(thrown).toMatchObject({ name: 'TypeError', message: 'm', cause: 5, code: 'C' });
    expect(frames[0]).toMatchObject({ functionName: 'f', fileName: '<eval>', lineNumber: 1 });
    const many = await failure(() => runtime.evalAsync('Promise.any([Promise.reject(1), Promise.reject(2)])'));
    expect(((many as unknown as JavaScriptError).thrown as AggregateError).errors).toEqual([1, 2]);
    expect(await failure(() => runtime.eval('throw { a: 1 }'))).toMatchObject({ name: 'Error', thrown: { a: 1 } });
  });

  it('F103, F104, F105: one class for each cause, with a code and no prefix in the message', async () => {
    const runtime = make({ maxHeapSize: 16 * mebibyte });
    const expected: [() => unknown, object][] = [
      [() => runtime.eval('throw new Error("plain")'), { code: 'ERR_ISOLET_JAVASCRIPT', message: 'plain' }],
      [() => runtime.evalAsync('throw new Error("plain")'), { code: 'ERR_ISOLET_JAVASCRIPT', message: 'plain' }],
      [() => runtime.eval('for (;;);', { timeout: 20 }), { code: 'ERR_ISOLET_TIMEOUT', phase: 'sync' }],
      [() => runtime.eval('Symbol()'), { code: 'ERR_ISOLET_TRANSFER' }],
      [() => runtime.eval('const a = []; for (;;) a.push(Array(1000).fill({}))'), { code: 'ERR_ISOLET_HEAP_LIMIT' }],
      [() => runtime.eval('1'), { code: 'ERR_ISOLET_HEAP_LIMIT' }],
    ];
    for (const [call, shape] of expected) expect(await failure(call)).toMatchObject(shape);
    expect(await failure(() => runtime.eval('1'))).toBeInstanceOf(RuntimeTerminatedError);
    runtime.close();
    expect(await failure(() => runtime.eval('1'))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  });

  it('F107: file names in stacks, and the one given', async () => {
    const runtime = make();
    const stackOf = async (call: () => unknown) => (await failure(call)).stack as string;
    expect(await stackOf(() => runtime.eval('throw new Error()'))).toContain('<eval>');
    expect(await stackOf(() => runtime.evalAsync('throw new Error()', { filename: 'app.js' }))).toContain('app.js:1');
    runtime.addModule('m', 'throw new Error()');
    expect(await stackOf(() => runtime.evalModule('m'))).toContain('isolet:/m');
    expect(await stackOf(() => make({ bootstrap: 'throw new Error()' }))).toContain('<bootstrap>');
    expect(await stackOf(() => make({ bootstrap: { code: 'throw new Error()', filename: 'b.js' } }))).toContain('b.js');
  });

  it('F113: the console is there, and says nothing unless it is asked to', () => {
    const runtime = make();
    expect(runtime.eval('[typeof console, typeof console.log, console.log("x")]')).toEqual([
      'object',
      'function',
      undefined,
    ]);
  });
});
