import { Runtime, type RuntimeOptions, type Snapshot, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const mebibyte = 1024 * 1024;
const endless = 'get() { for (;;); }';

const snapshotOf = (code: string): Snapshot => new SnapshotBuilder().executeScript('library.js', code).build();
const ways = {
  'new Runtime': async (options: RuntimeOptions) => make(options),
  'Runtime.create': create,
};

// What is set up in a runtime is looked up where these scripts have been before.
const hostile: Record<string, string> = {
  'a getter for ArrayBuffer': `Object.defineProperty(globalThis, 'ArrayBuffer', { ${endless} })`,
  'a getter for SharedArrayBuffer': `Object.defineProperty(globalThis, 'SharedArrayBuffer', { ${endless} })`,
  'a getter for WebAssembly': `Object.defineProperty(globalThis, 'WebAssembly', { ${endless} })`,
  'a getter for WebAssembly.Memory': `globalThis.WebAssembly = { get Memory() { for (;;); } }`,
  'a getter for Reflect': `Object.defineProperty(globalThis, 'Reflect', { ${endless} })`,
  'a getter for Object': `Object.defineProperty(globalThis, 'Object', { ${endless} })`,
  'a getter for Symbol': `Object.defineProperty(globalThis, 'Symbol', { ${endless} })`,
  'a getter for Promise': `Object.defineProperty(globalThis, 'Promise', { ${endless} })`,
  'a getter for console': `Object.defineProperty(globalThis, 'console', { ${endless} })`,
  'a getter for Intl.Segmenter': `Object.defineProperty(Intl, 'Segmenter', { ${endless} })`,
  'a getter for segment': `Object.defineProperty(Intl.Segmenter.prototype, 'segment', { ${endless} })`,
  'a setter for setTimeout': `Object.defineProperty(globalThis, 'setTimeout', { set() { for (;;); } })`,
  'a Proxy for Intl': `globalThis.Intl = new Proxy({}, { ${endless} })`,
  'a Proxy for ArrayBuffer': `globalThis.ArrayBuffer = new Proxy(ArrayBuffer, { ${endless} })`,
  'a Proxy for Symbol': `globalThis.Symbol = new Proxy(Symbol, { ${endless} })`,
  'a Proxy below globalThis': `Object.setPrototypeOf(globalThis, new Proxy({}, { ${endless}, has() { for (;;); } }))`,
  'descriptors with a value for ever': `Object.defineProperty(Object.prototype, 'value', { ${endless} })`,
  'descriptors with a getter for ever': 'Object.prototype.get = () => { for (;;); }',
  'a WeakMap for ever': 'globalThis.WeakMap = class { constructor() { for (;;); } }',
  'no Intl': 'delete globalThis.Intl',
  'no Reflect': 'delete globalThis.Reflect',
};

describe.each(Object.entries(hostile))('scripts of a snapshot that leave %s', (_name, code) => {
  it.each(Object.entries(ways))('do not stop %s', async (_way, start) => {
    const runtime = await start({ snapshot: snapshotOf(code), timeout: 5000 });
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it.each(Object.entries(ways))('cost no more than the limit of %s with streams', async (_way, start) => {
    const made = await start({ snapshot: snapshotOf(code), streams: true, timeout: 500 }).catch((error) => error);
    if (made instanceof Runtime) expect(made.eval('typeof ReadableStream')).toBe('function');
    else expect(['ERR_ISOLET_TIMEOUT', 'ERR_ISOLET_JAVASCRIPT']).toContain(made.code);
    // Whoever comes next is not disturbed.
    expect((await start({ timeout: 5000 })).eval('1 + 1')).toBe(2);
  });
});

describe('objects that the scripts of a snapshot froze', () => {
  it.each([
    'ArrayBuffer',
    'ArrayBuffer.prototype',
    // V8 12.4 adds to it when it restores a context: there it is a SnapshotError (test/exit/stuck.test.ts).
    ...(process.versions.node.startsWith('22.') ? [] : ['Object']),
    'Object.prototype',
    'Array.prototype',
    'Intl',
    'Intl.Segmenter.prototype',
    "Object.getPrototypeOf(new Intl.Segmenter().segment('a'))",
    '(globalThis.WebAssembly = { Memory: class {} })',
  ])('%s', async (name) => {
    const runtime = await create({ snapshot: snapshotOf(`Object.freeze(${name})`), timeout: 5000 });
    expect(runtime.eval('1 + 1')).toBe(2);
    // A polyfill of the scripts gives way to what V8 has.
    if (!name.includes('WebAssembly')) expect(runtime.eval(`Object.isFrozen(${name})`)).toBe(true);
  });
});

describe('the limits of a runtime hold for what the scripts of its snapshot kept', () => {
  const snapshot = snapshotOf(`
    globalThis.kept = { ArrayBuffer, resize: ArrayBuffer.prototype.resize, segment: Intl.Segmenter.prototype.segment };
    globalThis.before = Object.getPrototypeOf(new Intl.Segmenter().segment('a'))[Symbol.iterator];
    Reflect.construct = () => { throw new Error('the guest’s'); };`);
  const start = () => make({ snapshot, maxHeapSize: 16 * mebibyte, timeout: 20_000 });

  it('they are the same functions as in the runtime', () => {
    const runtime = start();
    expect(runtime.eval('kept.ArrayBuffer === ArrayBuffer')).toBe(true);
    expect(runtime.eval('kept.resize === ArrayBuffer.prototype.resize')).toBe(true);
    expect(runtime.eval('kept.segment === Intl.Segmenter.prototype.segment')).toBe(true);
    const now = "Object.getPrototypeOf(new Intl.Segmenter().segment('a'))[Symbol.iterator]";
    expect(runtime.eval(`before === ${now}`)).toBe(true);
    expect(runtime.eval('[ArrayBuffer.name, before.name, kept.segment.name, kept.resize.name].join()')).toBe(
      'ArrayBuffer,[Symbol.iterator],segment,resize',
    );
  });

  it('buffers', async () => {
    const error = await failure(() =>
      start().evalAsync('const all = []; for (;;) all.push(new kept.ArrayBuffer(8, { maxByteLength: 2 ** 22 }))'),
    );
    expect(error.code).toBe('ERR_ISOLET_HEAP_LIMIT');
  });

  it('buffers that grow', async () => {
    const code = `
      const all = [];
      for (;;) {
        const buffer = new ArrayBuffer(8, { maxByteLength: 2 ** 28 });
        kept.resize.call(buffer, 2 ** 20);
        all.push(buffer);
      }`;
    const error = await failure(() => start().evalAsync(code));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT', name: 'RangeError' });
  });

  it('shared memory, although Reflect.construct is theirs', async () => {
    const runtime = start();
    expect(runtime.eval('new WebAssembly.Memory({ initial: 1, maximum: 2, shared: true }).buffer.byteLength')).toBe(
      65536,
    );
    expect(runtime.eval('new SharedArrayBuffer(8, { maxByteLength: 16 }).maxByteLength')).toBe(16);
    const code = 'const all = []; for (;;) all.push(new WebAssembly.Memory({ initial: 1, maximum: 64, shared: true }))';
    expect((await failure(() => runtime.evalAsync(code))).code).toBe('ERR_ISOLET_HEAP_LIMIT');
  });

  it('segmented texts', async () => {
    const code = `
      const segmenter = new Intl.Segmenter('en'), text = 'ab '.repeat(2 ** 19), all = [];
      for (;;) all.push(kept.segment.call(segmenter, text + all.length))`;
    expect((await failure(() => start().evalAsync(code))).code).toBe('ERR_ISOLET_HEAP_LIMIT');
  });
});
