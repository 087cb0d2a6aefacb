import { HeapLimitError, type Runtime, type RuntimeOptions, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const mebibyte = 1024 * 1024;
const limit = 64 * mebibyte;

/** Each is one step that V8 takes without looking at the limit, far above it, and that then answers with a number. */
const steps: Record<string, string> = {
  'an array of 33 million numbers': 'new Array(33e6).fill(1).length',
  'an array that is kept': '(globalThis.kept = new Array(33e6).fill(1)).length',
  'a flattened rope': "(() => { let s = 'abcdefgh'; for (let i = 0; i < 25; i++) s += s; return s.charCodeAt(7); })()",
  'a long two-byte text': "'ś'.repeat(2 ** 27).charCodeAt(5)",
};
const step = steps['an array of 33 million numbers'] as string;

/** Every way to run `code` to its end and to get its value. */
const ways: Record<string, (code: string, make: (options?: RuntimeOptions) => Runtime) => unknown> = {
  eval: (code, make) => make().eval(code),
  'eval in place': (code, make) => make({ syncCalls: 'inPlace' }).eval(code),
  evalAsync: (code, make) => make().evalAsync(code),
  'evalAsync of a promise': (code, make) => make().evalAsync(`(async () => { await 1; return ${code}; })()`),
  'an error': (code, make) => make().evalAsync(`throw new Error('own ' + ${code})`),
  'a rejection': (code, make) => make().evalAsync(`(async () => { await 1; throw new Error('own ' + ${code}); })()`),
  'a function': (code, make) => (make().eval(`() => ${code}`) as () => unknown)(),
  callAsync: (code, make) => (make().eval(`() => ${code}`) as { callAsync(args: unknown[]): unknown }).callAsync([]),
  'a promise that the host holds': (code, make) => make().eval(`(async () => { await 1; return ${code}; })()`),
  evalModule: (code, make) => {
    const runtime = make();
    runtime.addModule('late', `export default ${code};`);
    return runtime.evalModule('late');
  },
  evalModuleAsync: (code, make) => {
    const runtime = make();
    runtime.addModule('late', `await 1; export default ${code};`);
    return runtime.evalModuleAsync('late');
  },
  bootstrap: (code, make) => make({ bootstrap: code }).eval('1'),
  'a call inside a host function': (code, make) => {
    const runtime = make();
    const inner = runtime.eval(`() => ${code}`) as () => unknown;
    runtime.bindFunction('call', () => inner());
    return runtime.eval('call()');
  },
};

const made = (options?: RuntimeOptions) => make({ maxHeapSize: limit, timeout: 60_000, ...options });

function expectHeapLimit(error: Error) {
  expect(error).toBeInstanceOf(HeapLimitError);
  expect(error).toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT', limit });
  expect((error as HeapLimitError).used).toBeGreaterThan(limit);
}

describe('what ends above the memory limit has no value', () => {
  it.each(Object.entries(steps))('%s', async (_name, code) => {
    expectHeapLimit(await failure(() => made().evalAsync(code)));
    expectHeapLimit(await failure(() => made().eval(code)));
  });

  it.each(Object.entries(ways))('%s', async (_name, way) => {
    expectHeapLimit(await failure(async () => way(step, made)));
  });

  it.each([
    ['a timer', `setTimeout(() => ${step}, 1); 1`],
    ['a promise reaction', `later().then(() => ${step}); 1`],
  ])('%s', async (_name, code) => {
    const runtime = made({ maxTimers: 1 });
    const reason = new Promise((resolve) => runtime.on('terminated', resolve));
    runtime.bindFunction('later', async () => 1);
    expect(await runtime.evalAsync(code)).toBe(1);
    await reason;
    expectHeapLimit(await failure(() => runtime.evalAsync('1')));
  });

  it('the script of a snapshot', async () => {
    const builder = new SnapshotBuilder({ maxHeapSize: limit });
    const error = await failure(() => builder.executeScript('late.js', step).build());
    expect(['ERR_ISOLET_HEAP_LIMIT', 'ERR_ISOLET_SNAPSHOT']).toContain(error['code']);
  });
});

describe('what has died is not held against a guest', () => {
  it('one large array after the other', async () => {
    const runtime = made();
    const code = '(() => { let n = 0; for (let i = 0; i < 8; i++) n += new Array(4e6).fill(1).length; return n; })()';
    expect(await runtime.evalAsync(code)).toBe(32e6);
    expect(runtime.eval(code)).toBe(32e6);
    expect(runtime.closed).toBe(false);
  });

  it('a large array beside rubbish', async () => {
    const runtime = made();
    const code = `(() => {
      let last;
      for (let i = 0; i < 3e5; i++) last = { last: [i, i + 0.5, String(i)] };
      return new Array(3e6).fill(last.last[1]).length;
    })()`;
    for (let i = 0; i < 5; i++) expect(await runtime.evalAsync(code)).toBe(3e6);
  });
});

describe('the numbers of a HeapLimitError go together', () => {
  const small = 5 * mebibyte;
  const grow = 'const all = []; for (;;) all.push({ all: [1, 2] });';
  const endings: Record<string, (runtime: Runtime) => unknown> = {
    'a heap that grows': (runtime) => runtime.evalAsync(grow),
    'a heap that grows, synchronously': (runtime) => runtime.eval(grow),
    'a Map': (runtime) => runtime.evalAsync('const all = new Map(); for (let i = 0; ; i++) all.set(i, i);'),
    'one step': (runtime) => runtime.evalAsync('new Array(2e6).fill(1).length'),
    'a huge step': (runtime) => runtime.evalAsync(step),
    buffers: (runtime) => runtime.evalAsync('const all = []; for (;;) all.push(new Uint8Array(1048576));'),
    'one buffer': (runtime) => runtime.evalAsync('new Uint8Array(64 * 1048576)'),
    'refusals without end': (runtime) => runtime.evalAsync('for (;;) try { new ArrayBuffer(64 * 1048576); } catch {}'),
    'a memory of WebAssembly': (runtime) =>
      runtime.evalAsync('const all = []; for (;;) all.push(new WebAssembly.Memory({ initial: 16 }));'),
    'texts of Intl': (runtime) =>
      runtime.evalAsync(
        "const all = [], s = new Intl.Segmenter(), t = 'x'.repeat(1e6); for (;;) all.push(s.segment(t));",
      ),
  };

  it.each(Object.entries(endings))('%s', async (_name, end) => {
    const runtime = make({ maxHeapSize: small, timeout: 60_000 });
    const error = await failure(async () => end(runtime));
    expect(error).toBeInstanceOf(HeapLimitError);
    const { limit, used, message } = error as unknown as HeapLimitError;
    expect(limit).toBe(small);
    expect(used).toBeGreaterThanOrEqual(limit);
    expect(message).toContain(`limit of 5 MiB (it needed ${Number((used / mebibyte).toFixed(1))} MiB)`);
    // Every later call says the same.
    expect(await failure(() => runtime.evalAsync('1'))).toMatchObject({ limit, used });
  });

  it('answers that wait for the guest', async () => {
    const runtime = make({ maxHeapSize: small, timeout: 60_000 });
    runtime.bindFunction('big', async () => 'x'.repeat(2 * mebibyte));
    const ended = runtime.evalAsync('(async () => { for (;;) await Promise.all(Array.from({ length: 30 }, big)); })()');
    const error = await failure(() => ended);
    expect(error).toBeInstanceOf(HeapLimitError);
    expect(error['used']).toBeGreaterThanOrEqual(small);
    await until(() => runtime.closed, 'the end of the runtime');
  });
});
