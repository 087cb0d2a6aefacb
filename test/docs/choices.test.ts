import { AsyncLocalStorage } from 'node:async_hooks';
import { closeDefaultRuntime, getDefaultRuntime, type JsFunction, Runtime, SnapshotBuilder } from 'isolet';
import { afterAll, describe, expect, it } from 'vitest';
import { firstColumn } from './blocks.ts';

const runtime = new Runtime();
afterAll(() => {
  runtime.close();
  closeDefaultRuntime();
});
const give = (value: unknown) => runtime.eval<JsFunction>('(x) => x')(value);

/** Holds what the page says, by the question of its row. */
const proofs: Record<string, () => void | Promise<void>> = {
  "A guest's `undefined`": () => {
    // F008
    expect(runtime.eval('undefined')).toBeUndefined();
    expect(runtime.eval('({ a: undefined })')).toHaveProperty('a', undefined);
  },
  'A promise as the result of a synchronous call': async () => {
    const settled = runtime.eval('Promise.resolve(1)');
    expect(settled).toBeInstanceOf(Promise);
    expect(await settled).toBe(1);
    expect(await runtime.evalAsync('Promise.resolve(1)')).toBe(1);
  },
  'Cycles and shared references': () => {
    const value = runtime.eval<{ self: unknown; a: object; b: object }>(
      'const v = { a: {} }; v.b = v.a; v.self = v; v',
    );
    expect(value.self).toBe(value);
    expect(value.a).toBe(value.b);
  },
  '`toJSON`, classes, prototypes': () => {
    // V28, V39
    class Money {
      cents = 5;
      toJSON(): string {
        return 'never';
      }
    }
    expect(give(new Money())).toEqual({ cents: 5 });
    expect(() => give({ toJSON: () => 'never', a: 1 })).not.toThrow();
  },
  'Tuples, decimals, dates without time': () => {
    // V14, V38
    expect(() => give(new WeakRef({}))).toThrow(/WeakRef/);
    expect(runtime.eval('[typeof Tuple, typeof Record]')).toEqual(['undefined', 'undefined']);
  },
  'Numbers and bigints': () => {
    expect([give(2 ** 53), give(2n), typeof give(1e300)]).toEqual([2 ** 53, 2n, 'number']);
  },
  'Binding a name again': () => {
    runtime.bindObject('again', { old: 1, same: 1 });
    runtime.bindObject('again', { same: 2 });
    expect(runtime.eval('again')).toEqual({ same: 2 });
  },
  'A name with dots or quotes in it': () => {
    runtime.bindFunction('a.b["c"]', () => 7);
    expect(runtime.eval('globalThis[\'a.b["c"]\']()')).toBe(7);
  },
  '`this` of a host function': () => {
    let seen: unknown = 1;
    runtime.bindObject('holder', {
      f(this: unknown) {
        seen = this;
      },
    });
    runtime.eval('holder.f()');
    expect(seen).toBeUndefined();
  },
  'Helper functions and ids': () => {
    const names = runtime.eval<string[]>('Reflect.ownKeys(globalThis).map(String)');
    expect(names.filter((name) => /isolet|native|host|__|op_/i.test(name))).toEqual([]);
  },
  'A snapshot and a `bootstrap`': async () => {
    const snapshot = await new SnapshotBuilder().executeScript('a.js', 'var n = 1').buildAsync();
    using both = new Runtime({ snapshot, bootstrap: 'n += 1' });
    expect(both.eval('n')).toBe(2);
  },
  Options: () => {
    const options = { bootstrap: 'var n = 1' };
    using made = new Runtime(options);
    options.bootstrap = 'var n = 2';
    expect(made.eval('n')).toBe(1);
    expect(made).not.toHaveProperty('options');
  },
  "A call's `timeout`": () => {
    using quick = new Runtime({ timeout: 20 });
    expect(quick.eval('const end = Date.now() + 60; while (Date.now() < end); 1', { timeout: 5000 })).toBe(1);
  },
  '`timeout: 0`': () => expect(() => runtime.eval('1', { timeout: 0 })).toThrow(RangeError),
  'An isolate and its thread': () => expect(() => structuredClone({ f: runtime.eval('() => 1') })).toThrow(),
  'A default runtime for each task': () => {
    const outside = getDefaultRuntime();
    expect(new AsyncLocalStorage().run(1, getDefaultRuntime)).toBe(outside);
  },
  'CommonJS in the guest': () => expect(runtime.eval('typeof require')).toBe('undefined'),
  'A debugger': () => expect(() => new Runtime({ inspector: true } as never)).toThrow(/inspector/),
};

describe('docs/choices.md', () => {
  it('has a proof for every row, and no other', () => {
    expect(Object.keys(proofs).sort()).toEqual([...firstColumn('docs/choices.md', 'Answers')].sort());
  });

  it.each(Object.entries(proofs))('%s', (_, proof) => proof());
});
