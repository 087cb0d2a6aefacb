import { availableParallelism } from 'node:os';
import {
  type Cell,
  createCell,
  HeapLimitError,
  JavaScriptError,
  type JsFunction,
  Runtime,
  RuntimeClosedError,
  type RuntimeOptions,
  RuntimeTerminatedError,
  SnapshotBuilder,
  TimeoutError,
} from 'isolet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCells } from './support.ts';

let cell: Cell;

/** Runs `use` with a runtime in the cell of these tests. */
async function withRuntime<T>(options: RuntimeOptions, use: (runtime: Runtime) => Promise<T> | T): Promise<T> {
  const runtime = await cell.createRuntime(options);
  try {
    return await use(runtime);
  } finally {
    await runtime.closeAsync();
  }
}

describe.skipIf(!hasCells)('a runtime in a cell', () => {
  beforeAll(async () => {
    cell = await createCell();
  });
  afterAll(() => cell.close());

  it('runs code on the calling thread and off the event loop', () =>
    withRuntime({}, async (runtime) => {
      expect(runtime.eval('6 * 7')).toBe(42);
      expect(await runtime.evalAsync('Promise.resolve({ text: "ü", map: new Map([[1, -0]]) })')).toEqual({
        text: 'ü',
        map: new Map([[1, -0]]),
      });
      expect(runtime.eval('globalThis.kept = 1; kept')).toBe(1);
      expect(await runtime.evalAsync('kept + 1')).toBe(2);
    }));

  it('gives its functions to the host, which calls them both ways', () =>
    withRuntime({}, async (runtime) => {
      const add: JsFunction = runtime.eval('(a, b) => a + b');
      expect(add(1, 2)).toBe(3);
      expect(await add.callAsync(['a', 'b'])).toBe('ab');
      const many = await Promise.all(Array.from({ length: 200 }, (_, i) => add.callAsync([i, 1])));
      expect(many).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      add.release();
      expect(() => add(1, 2)).toThrow(expect.objectContaining({ code: 'ERR_ISOLET_TRANSFER' }));
    }));

  it('calls functions of the host, sync and async, also from a synchronous call', () =>
    withRuntime({}, async (runtime) => {
      runtime.bindFunction('double', (n: number) => 2 * n);
      runtime.bindFunction('later', async (n: number) => n + 1);
      runtime.bindFunction('back', (fn: JsFunction) => fn(20));
      runtime.bindFunction('fails', () => {
        throw new RangeError('of the host');
      });
      runtime.bindObject('box', { inner: { value: 5, get: () => 'got' } });
      expect(runtime.eval('double(21)')).toBe(42);
      expect(await runtime.evalAsync('later(double(1))')).toBe(3);
      expect(runtime.eval('back((n) => double(n) + 1)')).toBe(41);
      expect(await runtime.evalAsync('[box.inner.value, box.inner.get()]')).toEqual([5, 'got']);
      expect(runtime.eval("try { fails() } catch (error) { [error.name, error.message].join(': ') }")).toBe(
        'RangeError: of the host',
      );
    }));

  it('settles promises of the host in the guest and of the guest in the host', () =>
    withRuntime({}, async (runtime) => {
      // Settled before the host has it.
      expect(await runtime.eval<Promise<number>>('(async () => 4)()')).toBe(4);
      await expect(runtime.eval<Promise<number>>('Promise.reject(new Error("no"))')).rejects.toThrow('no');
      const promise = runtime.eval<Promise<string>>('new Promise((resolve) => { globalThis.settle = resolve })');
      runtime.eval('settle("now")');
      expect(await promise).toBe('now');
      const wait: JsFunction = runtime.eval('async (promise) => (await promise) + 1');
      expect(await wait.callAsync([Promise.resolve(1)])).toBe(2);
      await expect(wait.callAsync([Promise.reject(new TypeError('no'))])).rejects.toThrow('no');
    }));

  it('may be called as deep inside one another as in this process', async () => {
    const own = await createCell();
    const [one, other] = [await own.createRuntime(), await own.createRuntime()];
    other.bindFunction('there', () => one.eval('back()'));
    one.bindFunction('back', () => other.eval('there()'));
    expect(() => one.eval('back()')).toThrow(
      expect.objectContaining({ code: 'ERR_ISOLET_CAPACITY', message: expect.stringContaining('levels deep') }),
    );
    expect([one.eval('1'), other.eval('2')]).toEqual([1, 2]);
    await own.close();
  });

  it('writes to the console, and its lines come before its answer', () => {
    const lines: unknown[] = [];
    return withRuntime({ console: (level, args) => lines.push([level, ...args]) }, async (runtime) => {
      runtime.eval('console.log("one", { n: 1 })');
      await runtime.evalAsync('console.warn("two")');
      expect(lines).toEqual([
        ['log', 'one', { n: 1 }],
        ['warn', 'two'],
      ]);
    });
  });

  it('has timers, streams and the APIs of the web', () =>
    withRuntime({ web: true }, async (runtime) => {
      const code = `(async () => {
        await new Promise((resolve) => setTimeout(resolve, 2));
        const text = await new Response(new Blob(['isolet']).stream()).text();
        const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
        return { text, bytes: digest.byteLength, href: new URL('../b', 'https://host.test/a/c').href };
      })()`;
      expect(await runtime.evalAsync(code)).toEqual({ text: 'isolet', bytes: 32, href: 'https://host.test/b' });
      const stream = runtime.eval<ReadableStream>('new Blob(["ab"]).stream()');
      expect(await new Response(stream).text()).toBe('ab');
    }));

  it('loads modules, of the host and through a loader', () =>
    withRuntime({}, async (runtime) => {
      runtime.addModule('one', 'export const one = 1;');
      runtime.setModuleLoader(async (url) => `export const name = ${JSON.stringify(url)};`);
      runtime.addModule(
        'main',
        'import { one } from "one"; import { name } from "https://host.test/far.js"; export { one, name };',
      );
      expect(await runtime.evalModuleAsync('main')).toEqual({ one: 1, name: 'https://host.test/far.js' });
      runtime.addModule('two', 'export const two = 2;');
      expect(runtime.evalModule('two')).toEqual({ two: 2 });
    }));

  it('starts from a snapshot, and from its bootstrap script', async () => {
    const snapshot = new SnapshotBuilder().executeScript('kept.js', 'globalThis.kept = { seven: 7 }').build();
    for (let i = 0; i < 2; ++i) {
      await withRuntime({ snapshot, bootstrap: 'globalThis.more = kept.seven + 1' }, async (runtime) => {
        expect(await runtime.evalAsync('[kept.seven, more]')).toEqual([7, 8]);
      });
    }
  });

  it('fails as a runtime in this process does', () =>
    withRuntime({}, async (runtime) => {
      await expect(runtime.evalAsync('null.x')).rejects.toThrow(JavaScriptError);
      expect(() => runtime.eval('throw new RangeError("of the guest")', { filename: 'mine.js' })).toThrow(
        expect.objectContaining({ name: 'RangeError', frames: [expect.objectContaining({ fileName: 'mine.js' })] }),
      );
      expect(() => runtime.eval('Symbol("x")')).toThrow(expect.objectContaining({ code: 'ERR_ISOLET_TRANSFER' }));
    }));

  it('stops calls at their limits and their signals, and goes on', () =>
    withRuntime({}, async (runtime) => {
      await expect(runtime.evalAsync('for (;;);', { timeout: 50 })).rejects.toThrow(TimeoutError);
      expect(() => runtime.eval('for (;;);', { timeout: 50 })).toThrow(TimeoutError);
      await expect(runtime.evalAsync('for (;;);', { cpuTimeout: 50 })).rejects.toMatchObject({ kind: 'cpu' });
      await expect(runtime.evalAsync('new Promise(() => {})', { timeout: 50 })).rejects.toMatchObject({
        limit: 50,
        phase: 'pending',
      });
      const controller = new AbortController();
      const aborted = runtime.evalAsync('for (;;);', { signal: controller.signal });
      controller.abort(new Error('enough'));
      await expect(aborted).rejects.toThrow('enough');
      expect(await runtime.evalAsync('1 + 1')).toBe(2);
    }));

  it('ends at its heap limit, and others of the cell go on', async () => {
    await withRuntime({ maxHeapSize: 16 * 1024 * 1024 }, async (runtime) => {
      const code = 'const all = []; for (;;) all.push(new Array(1000).fill({}))';
      await expect(runtime.evalAsync(code)).rejects.toThrow(HeapLimitError);
      expect(runtime.state).toBe('terminated');
    });
    expect(cell.closed).toBe(false);
    expect(await withRuntime({}, (runtime) => runtime.evalAsync('"next"'))).toBe('next');
  });

  it('ends when it is terminated or closed, busy or not', async () => {
    const terminated = await cell.createRuntime();
    const busy = terminated.evalAsync('for (;;);');
    terminated.terminate('took too long');
    await expect(busy).rejects.toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'took too long' });
    await expect(terminated.evalAsync('1')).rejects.toThrow(RuntimeTerminatedError);
    await terminated.closeAsync();
    const closed = await cell.createRuntime();
    const pending = closed.evalAsync('for (;;);');
    closed.close();
    await expect(pending).rejects.toThrow(RuntimeClosedError);
    await closed.closeAsync();
    expect(cell.closed).toBe(false);
  });

  it('says what it uses', () =>
    withRuntime({ maxHeapSize: 32 * 1024 * 1024 }, async (runtime) => {
      await runtime.evalAsync('let n = 0; for (let i = 0; i < 1e6; ++i) n += i; n');
      const stats = runtime.getStats();
      expect(stats.heapUsedBytes).toBeGreaterThan(0);
      expect(stats.heapLimitBytes).toBe(32 * 1024 * 1024);
      expect(stats.counts.evalAsync).toBe(1);
      expect(stats.pendingCalls).toBe(0);
    }));

  it('is made on the calling thread as well, with the errors of new Runtime', async () => {
    const runtime = cell.createRuntimeSync({ bootstrap: 'globalThis.kept = 6' });
    expect(runtime.eval('kept * 7')).toBe(42);
    await runtime.closeAsync();
    expect(() => cell.createRuntimeSync({ bootstrap: 'null.x' })).toThrow(JavaScriptError);
    expect(() => cell.createRuntimeSync({ bootstrap: 'for (;;);', timeout: 50 })).toThrow(TimeoutError);
    expect(() => cell.createRuntimeSync({ isolation: 'isolate' })).toThrow(RangeError);
    const ended = await createCell();
    await ended.close();
    expect(() => ended.createRuntimeSync()).toThrow(expect.objectContaining({ code: 'ERR_ISOLET_CELL' }));
  });

  it('is made and ended while others take every processor for longer than the host waits for a cell', async () => {
    const busy = await Promise.all(Array.from({ length: availableParallelism() + 1 }, () => cell.createRuntime()));
    const loops = Promise.allSettled(busy.map((one) => one.evalAsync('for (;;);', { timeout: 13_000 })));
    await withRuntime({}, (runtime) => expect(runtime.eval('1 + 1')).toBe(2));
    expect(cell.createRuntimeSync().eval('1 + 1')).toBe(2);
    for (const one of await loops) expect(one).toMatchObject({ reason: { code: 'ERR_ISOLET_TIMEOUT' } });
    expect(cell.closed).toBe(false);
    await Promise.all(busy.map((one) => one.closeAsync()));
  });

  it('can be the only one of its process, which ends with it', async () => {
    const runtime = await Runtime.create({ isolation: 'process', timeout: 5000 });
    expect(await runtime.evalAsync('6 * 7')).toBe(42);
    expect(runtime.eval('6 * 8')).toBe(48);
    await runtime.closeAsync();
    expect(runtime.state).toBe('closed');
  });
});

describe('the option isolation', () => {
  it('is refused where no process can be started', async () => {
    expect(() => new Runtime({ isolation: 'process' })).toThrow(
      expect.objectContaining({ code: 'ERR_ISOLET_INVALID_ARG', message: expect.stringContaining('Runtime.create') }),
    );
    await expect(Runtime.create({ isolation: 'cell' as 'process' })).rejects.toMatchObject({
      code: 'ERR_ISOLET_INVALID_ARG',
    });
    await expect(createCell({ maxMemory: 5 })).rejects.toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG' });
    await expect(createCell({ other: 5 } as object)).rejects.toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG' });
  });

  it.skipIf(hasCells)('is a clear error on other systems', async () => {
    await expect(createCell()).rejects.toMatchObject({ code: 'ERR_ISOLET_CELL', retryable: false });
  });
});
