import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Snapshot, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

/** 4,096 bytes of text, so that every kind of view has room for an offset. */
const text = `export default 42;${' '.repeat(4078)}`;
const plain = new TextEncoder().encode(text);

type Buffers = { byteLength: number; resize(length: number): void; grow(length: number): void };
const growable = (type: typeof ArrayBuffer | typeof SharedArrayBuffer, length: number): ArrayBuffer & Buffers =>
  Reflect.construct(type, [length, { maxByteLength: 2 * length + 64 }]) as never;

function filled(view: Uint8Array, bytes: Uint8Array): Uint8Array {
  view.set(bytes);
  return view;
}

/** Views that show exactly these bytes, over every kind of memory. */
const readable: [kind: string, of: (bytes: Uint8Array) => Uint8Array][] = [
  ['shared memory', (bytes) => filled(new Uint8Array(new SharedArrayBuffer(bytes.length)), bytes)],
  [
    'shared memory, from an offset',
    (bytes) => filled(new Uint8Array(new SharedArrayBuffer(bytes.length + 8), 8, bytes.length), bytes),
  ],
  ['growable shared memory', (bytes) => filled(new Uint8Array(growable(SharedArrayBuffer, bytes.length)), bytes)],
  [
    'a view that tracks the length of shared memory that grew',
    (bytes) => {
      const memory = growable(SharedArrayBuffer, bytes.length - 1);
      const view = new Uint8Array(memory);
      memory.grow(bytes.length);
      return filled(view, bytes);
    },
  ],
  ['a Buffer over shared memory', (bytes) => Buffer.from(new SharedArrayBuffer(bytes.length)).fill(bytes)],
  ['a resizable buffer', (bytes) => filled(new Uint8Array(growable(ArrayBuffer, bytes.length)), bytes)],
  [
    'a view that tracks the length of a buffer that grew',
    (bytes) => {
      const memory = growable(ArrayBuffer, bytes.length - 1);
      const view = new Uint8Array(memory);
      memory.resize(bytes.length);
      return filled(view, bytes);
    },
  ],
  ['the pool behind Buffers', (bytes) => Buffer.from(bytes)],
];

/** Views whose memory is not there any more. */
const gone: [kind: string, of: () => Uint8Array][] = [
  [
    'a detached buffer',
    () => {
      const view = Uint8Array.from(plain);
      structuredClone(view.buffer, { transfer: [view.buffer] });
      return view;
    },
  ],
  [
    'a part of a buffer that was cut off',
    () => {
      const memory = growable(ArrayBuffer, 64);
      const view = new Uint8Array(memory, 32, 32);
      memory.resize(8);
      return view;
    },
  ],
  [
    'a tail of a buffer that was cut off',
    () => {
      const memory = growable(ArrayBuffer, 64);
      const view = new Uint8Array(memory, 32);
      memory.resize(8);
      return view;
    },
  ],
];

describe('bytes given to the host', () => {
  for (const [kind, of] of readable) {
    it(`become modules whatever memory they are in: ${kind}`, async () => {
      const runtime = make();
      runtime.addModule('code', of(plain));
      runtime.addModule('text', { type: 'text', source: of(plain) });
      const given = of(plain);
      runtime.addModule('bytes', { type: 'bytes', source: given });
      given.fill(0); // a copy was taken
      expect(runtime.evalModule('code')).toEqual({ default: 42 });
      expect(runtime.evalModule('text')).toEqual({ default: text });
      expect(runtime.evalModule('bytes')).toEqual({ default: plain });

      runtime.setModuleLoader((url) => ({ source: of(plain), type: url.endsWith('js') ? 'js' : 'bytes' }));
      expect(runtime.evalModule('sync:js')).toEqual({ default: 42 });
      expect(runtime.evalModule('sync:bytes')).toEqual({ default: plain });
      runtime.setModuleLoader(async (url) => ({ source: of(plain), type: url.endsWith('js') ? 'js' : 'bytes' }));
      expect(await runtime.evalModuleAsync('async:js')).toEqual({ default: 42 });
      expect(await runtime.evalModuleAsync('async:bytes')).toEqual({ default: plain });
    });

    it(`make a snapshot whatever memory they are in: ${kind}`, () => {
      const bytes = new SnapshotBuilder().executeScript('a.js', 'globalThis.a = 42').build().toBuffer();
      const given = of(bytes);
      const snapshot = Snapshot.from(given);
      given.fill(0);
      expect(make({ snapshot }).eval('a')).toBe(42);
      expect(make({ snapshot: of(bytes) }).eval('a')).toBe(42);
    });

    it(`are a key whatever memory they are in: ${kind}`, () => {
      const folder = mkdtempSync(join(tmpdir(), 'isolet-key-'));
      const build = (key: Uint8Array): Snapshot =>
        new SnapshotBuilder({ cache: { folder, key } }).executeScript('a.js', 'globalThis.a = Math.random()').build();
      try {
        expect(build(of(plain)).toBuffer()).toEqual(build(plain).toBuffer());
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }

  for (const [kind, of] of gone) {
    it(`are refused by name where there are none: ${kind}`, async () => {
      const runtime = make();
      const refused = { code: 'ERR_ISOLET_INVALID_ARG', name: 'TypeError' };
      expect(await failure(() => runtime.addModule('m', of()))).toMatchObject({ ...refused, option: 'source' });
      for (const type of ['js', 'bytes', 'wasm'] as const) {
        const source = of();
        expect(await failure(() => runtime.addModule('m', { type, source }))).toMatchObject({
          ...refused,
          option: 'source.source',
          message: expect.stringContaining('detached or cut off') as string,
        });
      }
      expect(await failure(() => Snapshot.from(of()))).toMatchObject({ ...refused, option: 'bytes' });
      expect(await failure(() => make({ snapshot: of() }))).toMatchObject({ ...refused, option: 'snapshot' });
      expect(await failure(() => new SnapshotBuilder({ cache: { folder: 'nowhere', key: of() } }))).toMatchObject({
        code: 'ERR_ISOLET_INVALID_ARG',
        option: 'cache.key',
      });

      runtime.setModuleLoader(() => ({ type: 'bytes', source: of() }));
      const loaded = {
        code: 'ERR_ISOLET_MODULE',
        message: expect.stringContaining("'the loaded module.source' must be") as string,
      };
      expect(await failure(() => runtime.evalModule('sync:m'))).toMatchObject(loaded);
      runtime.setModuleLoader(async () => of());
      expect(await failure(() => runtime.evalModuleAsync('async:m'))).toMatchObject({
        ...loaded,
        message: expect.stringContaining("'the loaded module' must be") as string,
      });
    });
  }

  it('are not taken for an instance of a class that only looks like it', async () => {
    const fake = Object.create(Uint8Array.prototype) as Uint8Array;
    const runtime = make();
    for (const run of [
      () => runtime.addModule('m', fake),
      () => Snapshot.from(fake),
      () => make({ snapshot: fake }),
      () => new SnapshotBuilder({ cache: { folder: 'nowhere', key: fake } }),
    ]) {
      expect(await failure(run)).toMatchObject({ code: 'ERR_ISOLET_INVALID_ARG' });
    }
  });
});

describe('call arguments', () => {
  it('over shared memory are refused with their path', async () => {
    const runtime = make();
    const count = runtime.eval('(...list) => list.length') as ((...list: unknown[]) => number) & {
      callAsync(list: unknown[], options?: object): Promise<number>;
    };
    for (const shared of [new SharedArrayBuffer(8), growable(SharedArrayBuffer, 8)]) {
      const views = [new Uint8Array(shared), new DataView(shared), new Float64Array(shared), Buffer.from(shared)];
      for (const value of [shared, ...views]) {
        const refused = {
          code: 'ERR_ISOLET_TRANSFER',
          path: 'arguments[1].a',
          message: expect.stringContaining('SharedArrayBuffer') as string,
        };
        expect(await failure(() => count(1, { a: value }))).toMatchObject(refused);
        expect(await failure(() => count.callAsync([1, { a: value }]))).toMatchObject(refused);
      }
      expect(await failure(() => count.callAsync([], { transfer: [shared] }))).toMatchObject({
        code: 'ERR_ISOLET_INVALID_ARG',
        option: 'transfer',
      });
    }
  });

  it('to transfer are read once', async () => {
    const count = make().eval('(...list) => list.length') as {
      callAsync(list: unknown[], options?: object): Promise<number>;
    };
    let reads = 0;
    const transfer = [new ArrayBuffer(8)];
    Object.defineProperty(transfer, 0, {
      get: () => (reads++ === 0 ? new ArrayBuffer(8) : new SharedArrayBuffer(8)),
    });
    expect(await count.callAsync([1], { transfer })).toBe(1);
    expect(reads).toBe(1);
  });
});
