import { inspect } from 'node:util';
import {
  getProcessStats,
  HeapLimitError,
  type JsFunction,
  RuntimeClosedError,
  SnapshotBuilder,
  TransferError,
} from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

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
