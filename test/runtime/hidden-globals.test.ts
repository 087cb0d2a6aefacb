import { type JsFunction, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const refusal = {
  code: 'ERR_ISOLET_INVALID_ARG',
  option: 'name',
  message: expect.stringContaining('let, const or class'),
};

describe('a global that the guest could not see is refused', () => {
  it.each([
    ['const', 'const k = 1'],
    ['let', 'let k'],
    ['class', 'class k {}'],
    ['a destructuring', 'const { k } = { k: 2 }'],
  ])('%s', async (_kind, code) => {
    const runtime = make();
    runtime.eval(code);
    for (const bind of [() => runtime.bindFunction('k', () => 1), () => runtime.bindObject('k', {})]) {
      const error = await failure(bind);
      expect(error).toBeInstanceOf(TypeError);
      expect(error).toMatchObject(refusal);
    }
    expect(runtime.eval('"k" in globalThis')).toBe(false);
  });

  it('leaves the global that the declaration hides as it was', async () => {
    const runtime = make();
    runtime.bindFunction('k', () => 'first');
    runtime.eval('const k = 1');
    expect(await failure(() => runtime.bindFunction('k', () => 'second'))).toMatchObject(refusal);
    expect(runtime.eval('[k, globalThis.k()]')).toEqual([1, 'first']);
    expect(runtime.unbind('k')).toBe(true);
  });

  it('names that need escapes, and names that are no identifiers', async () => {
    const runtime = make();
    runtime.eval('let \u{1d4d0}\u00e9$_ = 1');
    expect(await failure(() => runtime.bindObject('\u{1d4d0}\u00e9$_', {}))).toMatchObject(refusal);
    for (const name of ['a-b', 'x; globalThis.ran = 1', '1', 'if', ' ', '\ud800', '', 'k = 1', 'x\n']) {
      if (name === '') continue;
      runtime.bindObject(name, { bound: true });
      runtime.bindObject(name, { bound: true });
    }
    expect(runtime.eval('[globalThis.ran, globalThis["x; globalThis.ran = 1"].bound, globalThis["if"].bound]')).toEqual(
      [undefined, true, true],
    );
  });

  it('by an event while the runtime is busy, and later rejections are still events', async () => {
    const runtime = make();
    const heard: unknown[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    runtime.eval('const k = 1');
    const busy = runtime.evalAsync('for (const end = Date.now() + 50; Date.now() < end; );');
    runtime.bindObject('k', {});
    await busy;
    await until(() => heard.length === 1, 'the refusal');
    await runtime.evalAsync('Promise.reject(new Error("later")); 0');
    await until(() => heard.length === 2, 'the rejection');
    expect(heard).toMatchObject([{ message: expect.stringContaining("'k'") }, { message: 'later' }]);
  });

  it('in a bootstrap script and in a snapshot', async () => {
    expect(await failure(() => make({ bootstrap: 'const k = 1' }).bindObject('k', {}))).toMatchObject(refusal);
    const snapshot = new SnapshotBuilder().executeScript('k.js', 'const k = 1; var free = 1;').build();
    const runtime = make({ snapshot });
    expect(await failure(() => runtime.bindObject('k', {}))).toMatchObject(refusal);
    runtime.bindObject('free', { bound: true });
    expect(runtime.eval('free.bound')).toBe(true);
  });
});

describe('everything else is bound', () => {
  it('var and function, what was bound before, built-ins and the console', () => {
    const runtime = make({ console: true });
    runtime.eval('var a = 1; function b() {} globalThis.c = 1; { let d = 1 } (0, eval)("const e = 1")');
    for (const name of ['a', 'b', 'c', 'd', 'e', 'console', 'Math']) {
      runtime.bindObject(name, { bound: 1 });
      runtime.bindObject(name, { bound: 2 });
    }
    expect(runtime.eval('[a, b, c, d, e, console, Math].map((object) => object.bound)')).toEqual([2, 2, 2, 2, 2, 2, 2]);
  });

  it('and the guest may still declare the name afterwards, or delete it', () => {
    const runtime = make();
    runtime.eval('0');
    runtime.bindFunction('k', () => 'bound');
    runtime.bindFunction('l', () => 'bound');
    expect(runtime.eval('delete globalThis.l')).toBe(true);
    runtime.eval('let k = "mine"');
    expect(runtime.eval('[k, typeof l]')).toEqual(['mine', 'undefined']);
  });

  it('looking runs no code of the guest', () => {
    const runtime = make();
    runtime.eval(`var asked = 0; Object.defineProperty(globalThis, 'k', { configurable: true, get() { asked++ }, set() { asked++ } });
      globalThis.eval = Function.prototype.call = () => { asked++ };`);
    runtime.bindFunction('k', () => 'bound');
    expect(runtime.eval<JsFunction>('[asked, k()]')).toEqual([0, 'bound']);
  });
});
