import { Runtime } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';

const open: Runtime[] = [];

function webRuntime(): Runtime {
  const runtime = new Runtime({ web: true });
  open.push(runtime);
  return runtime;
}

afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

const describeGlobal = (name: string) => `
  const { value, ...attributes } = Object.getOwnPropertyDescriptor(globalThis, '${name}');
  ({ type: typeof value, ...attributes })`;

describe('globals that are made on first use', () => {
  it('look like data properties before they are made and after', () => {
    const runtime = webRuntime();
    const hidden = { type: 'function', writable: true, enumerable: false, configurable: true };
    expect(runtime.eval(`{ ${describeGlobal('ReadableStream')} }`)).toEqual(hidden);
    runtime.eval('ReadableStream');
    expect(runtime.eval(`{ ${describeGlobal('ReadableStream')} }`)).toEqual(hidden);
    const shown = { type: 'object', writable: true, enumerable: true, configurable: true };
    expect(runtime.eval(`{ ${describeGlobal('navigator')} }`)).toEqual(shown);
  });

  it('are the same each time', () => {
    expect(webRuntime().eval('ReadableStream === ReadableStream && navigator === globalThis.navigator')).toBe(true);
  });

  it('can be assigned before anybody has read them', () => {
    const runtime = webRuntime();
    runtime.eval('ReadableStream = 1; globalThis.WritableStream = 2; navigator = 3;');
    expect(runtime.eval('[ReadableStream, WritableStream, navigator]')).toEqual([1, 2, 3]);
    expect(runtime.eval('Object.keys(globalThis).includes("navigator")')).toBe(true);
  });

  it('can be deleted before anybody has read them', () => {
    const runtime = webRuntime();
    expect(runtime.eval('delete globalThis.ReadableStream')).toBe(true);
    expect(runtime.eval('typeof ReadableStream')).toBe('undefined');
    expect(runtime.eval('"ReadableStream" in globalThis')).toBe(false);
  });

  it.each(['var', 'let', 'const', 'class', 'function'])('can be declared anew with %s', (kind) => {
    const runtime = webRuntime();
    const declaration =
      kind === 'class'
        ? 'class ReadableStream { static mine = 1 }'
        : kind === 'function'
          ? 'function ReadableStream() {} ReadableStream.mine = 1'
          : `${kind} ReadableStream = { mine: 1 }`;
    runtime.eval(declaration);
    expect(runtime.eval('ReadableStream.mine')).toBe(1);
  });

  it('a declaration without a value keeps what is there', () => {
    const runtime = webRuntime();
    runtime.eval('var TransformStream;');
    expect(runtime.eval('typeof TransformStream')).toBe('function');
  });

  it('can be redefined as accessors', () => {
    const runtime = webRuntime();
    runtime.eval('Object.defineProperty(globalThis, "ReadableStream", { get: () => 5, configurable: true })');
    expect(runtime.eval('ReadableStream')).toBe(5);
  });

  it('work in a guest that has broken what it can before it asked for them', async () => {
    const runtime = webRuntime();
    runtime.eval(`
      const { prototype } = Function;
      const { getOwnPropertyDescriptor, getOwnPropertyNames } = Object;
      for (const owner of [Object.prototype, Array.prototype, Map.prototype, WeakMap.prototype, Promise.prototype, Reflect]) {
        for (const name of getOwnPropertyNames(owner)) {
          const descriptor = getOwnPropertyDescriptor(owner, name);
          if (descriptor.configurable && typeof descriptor.value === 'function' && name !== 'constructor') {
            owner[name] = () => { throw new Error('broken by the guest'); };
          }
        }
      }`);
    let end: unknown;
    try {
      end = runtime.eval('typeof ReadableStream');
    } catch (error) {
      end = error;
    }
    // It is the guest's own loss; the runtime goes on.
    expect(end === 'function' || end instanceof Error).toBe(true);
    expect(runtime.eval('1 + 1')).toBe(2);
    expect(webRuntime().eval('typeof new ReadableStream()')).toBe('object');
  });

  it('never show the ops to code of the guest that replaced what every call could pass through', () => {
    const runtime = webRuntime();
    const seen = runtime.eval(`
      const seen = new Set();
      const { apply: reflectApply } = Reflect;
      const { call, apply, bind } = Function.prototype;
      const has = (o) => o && typeof o === 'object' && 'guest' in o && 'random' in o;
      const note = (...values) => { for (const value of values) if (has(value) || (typeof value === 'function' && value.name === 'settings')) seen.add('ops'); };
      for (const [name, method] of [['call', call], ['apply', apply], ['bind', bind]]) {
        Function.prototype[name] = function (...args) { note(this, ...args); return reflectApply(method, this, args); };
      }
      Object.defineProperty(Object.prototype, 'ops', { set(value) { note(value); }, configurable: true });
      for (const name of Object.getOwnPropertyNames(globalThis)) globalThis[name];
      navigator.userAgent;
      [...seen]`);
    expect(seen).toEqual([]);
  });

  it('are made under the limits of the call that first asks', () => {
    const runtime = webRuntime();
    expect(() =>
      runtime.eval('function deep() { try { deep(); } catch { ReadableStream; throw 1; } } deep()'),
    ).toThrow();
    expect(runtime.eval('typeof new ReadableStream()')).toBe('object');
  });
});
