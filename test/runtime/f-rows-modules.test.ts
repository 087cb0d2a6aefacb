import {
  InvalidArgRangeError,
  InvalidArgTypeError,
  IsoletError,
  JavaScriptError,
  type JsFunction,
  RuntimeTerminatedError,
  TimeoutError,
} from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;

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
