import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { JavaScriptError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const document = readFileSync(new URL('../../docs/guest-environment.md', import.meta.url), 'utf8');
const nodeMajor = Number(process.versions.node.split('.')[0]);

/** The names under a heading of the document. */
function namesUnder(heading: string): string[] {
  const section = document.split(/^### /m).find((part) => part.startsWith(`${heading}\n`));
  if (!section) throw new Error(`docs/guest-environment.md has no section '${heading}'`);
  const list = section.slice(heading.length).split(/^## /m)[0] ?? '';
  return [...list.matchAll(/`(\w+)`/g)].map(([, name]) => name as string);
}

const documented = [20, 22, 24, 26]
  .filter((major) => major <= nodeMajor)
  .flatMap((major) => namesUnder(`Node ${major} and later`));
// The tests run with --expose-gc, which adds a name that can't be removed.
const allNames = "Object.getOwnPropertyNames(globalThis).filter((name) => name !== 'gc').sort()";

describe('the global object', () => {
  it('F110, F115: has the documented names and no other', () => {
    expect(make().eval(allNames)).toEqual([...documented].sort());
    const library = new URL('../../dist/index.js', import.meta.url).href;
    const child = spawnSync(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { Runtime } from ${JSON.stringify(library)};
         console.log(JSON.stringify(new Runtime().eval('Object.getOwnPropertyNames(globalThis).sort()')))`,
      ],
      { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } },
    );
    expect(JSON.parse(child.stdout)).toEqual([...documented].sort());
  });

  it('F112: has timers only with the option maxTimers', () => {
    expect(make({ maxTimers: 1 }).eval(allNames)).toEqual(
      [...documented, ...namesUnder('With the option `maxTimers`')].sort(),
    );
  });

  it('F060: has streams only with the option streams', () => {
    expect(make({ streams: true }).eval(allNames)).toEqual(
      [...documented, ...namesUnder('With the option `streams`')].sort(),
    );
  });

  it('has the names of the web only with the option web, the same after all were made', () => {
    const all = ['maxTimers', 'streams', 'web'].flatMap((option) => namesUnder(`With the option \`${option}\``));
    const runtime = make({ web: true });
    expect(runtime.eval(allNames)).toEqual([...documented, ...all].sort());
    expect(runtime.eval(`${JSON.stringify(all)}.filter((name) => globalThis[name] === undefined)`)).toEqual([]);
    expect(runtime.eval(allNames)).toEqual([...documented, ...all].sort());
  });

  it('F115: gains what is bound and nothing beside it', () => {
    const runtime = make({ console: true });
    runtime.bindFunction('greet', async () => 'hello');
    runtime.bindObject('tools', { log: () => {} });
    expect(runtime.eval(allNames)).toEqual([...documented, 'greet', 'tools'].sort());
    runtime.unbind('greet');
    runtime.unbind('tools');
    expect(runtime.eval(allNames)).toEqual([...documented].sort());
  });

  it('B230, T02: shows nothing of other hosts or of the engine, symbols included', () => {
    const runtime = make({ maxTimers: 1 });
    const absent = ['Deno', 'process', 'require', 'module', 'Buffer', 'global', 'fetch', 'gc', 'd8', 'print'];
    expect(runtime.eval(`${JSON.stringify(absent)}.filter((name) => globalThis[name] !== undefined)`)).toEqual([]);
    expect(runtime.eval('Object.getOwnPropertySymbols(globalThis).map(String)')).toEqual([]);
    expect(runtime.eval('Object.getPrototypeOf(globalThis) === Object.prototype')).toBe(false);
    expect(runtime.eval('Reflect.ownKeys(Object.getPrototypeOf(globalThis))')).toEqual(['constructor']);
  });

  it('F111: the functions look like built-ins and can be replaced', () => {
    const runtime = make();
    expect(
      runtime.eval(`[queueMicrotask, structuredClone].map((f) => [f.name, f.length, 'prototype' in f, String(f)])`),
    ).toEqual([
      ['queueMicrotask', 1, false, 'function queueMicrotask() { [native code] }'],
      ['structuredClone', 1, false, 'function structuredClone() { [native code] }'],
    ]);
    expect(() => runtime.eval('new queueMicrotask(() => {})')).toThrow(/not a constructor/);
    expect(
      runtime.eval('queueMicrotask = 1; delete globalThis.structuredClone; [queueMicrotask, typeof structuredClone]'),
    ).toEqual([1, 'undefined']);
  });
});

describe('queueMicrotask', () => {
  it('F111: runs after the script, in order with promises, without arguments', async () => {
    const runtime = make();
    const order = await runtime.evalAsync(`
      const order = [];
      Promise.resolve().then(() => order.push('promise'));
      queueMicrotask(function () { 'use strict'; order.push(this === undefined, arguments.length) });
      order.push('script');
      new Promise((done) => queueMicrotask(() => queueMicrotask(() => done(order))))`);
    expect(order).toEqual(['script', 'promise', true, 0]);
  });

  it('F111: refuses what is no function', () => {
    expect(() => make().eval('queueMicrotask("1")')).toThrow(/queueMicrotask must be a function/);
  });

  it('F111: an error is an event and stops nothing else', async () => {
    const runtime = make();
    const heard: Error[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    expect(
      runtime.eval('queueMicrotask(() => { throw new RangeError("lost") }); queueMicrotask(() => { ok = 1 }); 1'),
    ).toBe(1);
    expect(runtime.eval('ok')).toBe(1);
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]).toMatchObject({ name: 'RangeError', message: 'lost' });
  });

  it('F111: works whatever the guest did to promises', async () => {
    const runtime = make();
    const done = runtime.evalAsync(`
      const promise = new Promise((done) => { globalThis.done = done });
      Promise.prototype.then = Promise.prototype.constructor = undefined;
      Object.defineProperty(Array.prototype, 0, { set() { throw 1 }, get() { throw 2 } });
      queueMicrotask(() => done('ran'));
      promise`);
    expect(await done).toBe('ran');
  });

  it('F111: a loop of microtasks ends at the timeout and the runtime goes on', () => {
    const runtime = make({ timeout: 100 });
    expect(() => runtime.eval('(function again() { queueMicrotask(again) })()')).toThrow(/timed out/);
    expect(runtime.eval('1 + 1')).toBe(2);
  });
});

describe('structuredClone', () => {
  it('F114: keeps types, identity, cycles and holes', () => {
    const same = make().eval(`
      const shared = { when: new Date(5) };
      const value = { map: new Map([[shared, new Set([1n, NaN])]]), zero: -0, again: shared, holes: [1, , 3],
        error: new RangeError('x', { cause: shared }), bytes: new Float64Array([1.5]), re: /a/gi, boxed: Object('s') };
      value.self = value;
      const copy = structuredClone(value);
      const [key, set] = [...copy.map][0];
      [copy !== value, copy.self === copy, key === copy.again, copy.again !== shared, key.when.getTime(),
        [...set].map((x) => typeof x), Object.is(copy.zero, -0), 1 in copy.holes, copy.holes.length,
        copy.error instanceof RangeError, copy.error.cause === copy.again, copy.bytes[0], String(copy.re),
        typeof copy.boxed, copy.boxed.valueOf()]`);
    expect(same).toEqual([
      true,
      true,
      true,
      true,
      5,
      ['bigint', 'number'],
      true,
      false,
      3,
      true,
      true,
      1.5,
      '/a/gi',
      'object',
      's',
    ]);
  });

  it('F114: what has no copy is a DataCloneError', () => {
    const runtime = make();
    for (const code of [
      '() => {}',
      'Symbol()',
      'new WeakMap()',
      'Promise.resolve()',
      'new Proxy({}, {})',
      '[{ f() {} }]',
    ]) {
      expect(
        runtime.eval(`try { structuredClone(${code}); 'cloned' } catch (error) {
        [error.name, error.code, error instanceof Error, typeof error.message] }`),
        code,
      ).toEqual(['DataCloneError', 25, true, 'string']);
    }
    expect(() => runtime.eval('structuredClone()')).toThrow(JavaScriptError);
    expect(() => runtime.eval('structuredClone({ get a() { throw new RangeError("mine") } })')).toThrow('mine');
  });

  it('F114: transfers ArrayBuffers', () => {
    const runtime = make();
    expect(
      runtime.eval(`
        const bytes = new Uint8Array([1, 2, 3]);
        const copy = structuredClone({ bytes }, { transfer: [bytes.buffer] });
        [bytes.length, bytes.buffer.byteLength, ...copy.bytes]`),
    ).toEqual([0, 0, 1, 2, 3]);
    expect(
      runtime.eval(`
        const more = new ArrayBuffer(4);
        [structuredClone(more, { transfer: new Set([more]) }).byteLength, more.byteLength]`),
    ).toEqual([4, 0]);
    expect(runtime.eval('structuredClone(1, { transfer: undefined }) + structuredClone(1, null)')).toBe(2);
  });

  it('F114: refuses a transfer list that can not be', () => {
    const runtime = make();
    runtime.eval(
      'var buffer = new ArrayBuffer(8); var gone = new ArrayBuffer(8); structuredClone(gone, { transfer: [gone] })',
    );
    const named = (options: string) => runtime.eval(`try { structuredClone(1, ${options}) } catch (e) { e.name }`);
    expect(named('{ transfer: [buffer, buffer] }')).toBe('DataCloneError');
    expect(named('{ transfer: [gone] }')).toBe('DataCloneError');
    expect(named('{ transfer: [{}] }')).toBe('DataCloneError');
    expect(named('{ transfer: [1] }')).toBe('TypeError');
    expect(named('{ transfer: 1 }')).toBe('TypeError');
    expect(named('{ transfer: {} }')).toBe('TypeError');
    expect(named('1')).toBe('TypeError');
    expect(runtime.eval('buffer.byteLength')).toBe(8);
  });

  it('F114: a getter that detaches what is to be transferred fails the clone', () => {
    expect(
      make().eval(`
        const buffer = new ArrayBuffer(8);
        const value = { get a() { structuredClone(buffer, { transfer: [buffer] }); return 1 } };
        try { structuredClone(value, { transfer: [buffer] }) } catch (error) { error.name }`),
    ).toBe('DataCloneError');
  });

  it('F114: shares shared memory and copies modules', () => {
    expect(
      make().eval(`
        const shared = new SharedArrayBuffer(4);
        const copy = structuredClone([shared, shared]);
        new Int8Array(copy[0])[0] = 7;
        const module = new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
        [new Int8Array(shared)[0], copy[0] === copy[1], copy[0] !== shared,
          structuredClone(module) instanceof WebAssembly.Module]`),
    ).toEqual([7, true, true, true]);
  });

  it('F114: takes no more memory than the runtime may have', () => {
    const runtime = make({ maxHeapSize: 32 * 1024 * 1024, timeout: 20_000 });
    expect(
      runtime.eval(`
        const long = 'x'.repeat(1024 * 1024);
        try { structuredClone(new Array(4096).fill(long)) } catch (error) { error.name }`),
    ).toBe('DataCloneError');
    expect(runtime.getStats().arrayBufferBytes).toBe(0);
    expect(runtime.eval('structuredClone([1])[0]')).toBe(1);
  });
});
