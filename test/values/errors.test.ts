import { type JavaScriptError, type JsFunction, Runtime } from 'isolet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../runtime/support.ts';
import { paths } from './paths.ts';

const { make } = useRuntimes();

const deep = '((d) => { for (let i = 0; i < 200; i++) d = [d]; return d; })(1)';

const rows: [string, string, string][] = [
  ...[
    ['a WeakMap', 'new WeakMap()'],
    ['a symbol', 'Symbol("s")'],
    ['a Proxy', 'new Proxy({}, {})'],
    ['a value too deep', deep],
    ['a value too large', '[new Array(500).fill("x".repeat(1000)), new Uint8Array(9 * 2 ** 20), "y".repeat(2 ** 21)]'],
    ['a detached buffer and a map', 'new Map([[1, [new WeakSet()]]])'],
  ].map(([what, value]): [string, string, string] => [
    `an error keeps everything but ${what}`,
    `Object.assign(new RangeError('kept', { cause: new Error('why') }), { before: 1, bad: ${value}, after: { n: [2] } })`,
    `(x) => x instanceof RangeError && x.message === 'kept' && x.before === 1 && !('bad' in x) && x.after.n[0] === 2 &&
       x.cause.message === 'why' && x.stack.startsWith('RangeError: kept')`,
  ]),
  [
    'a throwing getter',
    `Object.defineProperty(Object.assign(new Error('kept'), { a: 1 }), 'bad', { enumerable: true, get() { throw new Error('getter') } })`,
    `(x) => x.message === 'kept' && x.a === 1 && !('bad' in x)`,
  ],
  [
    'a cause that does not cross',
    `new Error('kept', { cause: new WeakMap() })`,
    `(x) => x.message === 'kept' && !('cause' in x)`,
  ],
  [
    'a part of a cause that does not cross',
    `new Error('kept', { cause: Object.assign(new Error('why'), { bad: Symbol('s'), good: 1 }) })`,
    `(x) => x.cause.message === 'why' && x.cause.good === 1 && !('bad' in x.cause)`,
  ],
  [
    'aggregated errors that do not cross leave their place',
    `new AggregateError([new TypeError('a'), Symbol('s'), Object.assign(new Error('b'), { bad: new WeakMap() }), [new WeakMap()]], 'kept')`,
    `(x) => x instanceof AggregateError && x.errors.length === 4 && x.errors[0] instanceof TypeError &&
       x.errors[1] === undefined && x.errors[2].message === 'b' && x.errors[3] === undefined`,
  ],
  [
    'what is shared with what was left out is still there',
    `((shared) => Object.assign(new Error('kept'), { a: [shared, new WeakMap()], b: shared, c: [shared], again: shared }))({ n: 1 })`,
    `(x) => !('a' in x) && x.b.n === 1 && x.c[0] === x.b && x.again === x.b`,
  ],
  [
    'keys that were first seen in what was left out',
    `Object.assign(new Error('kept'), { a: { one: 1, two: new WeakMap() }, b: { one: 2, two: 3 }, c: { two: 4 } })`,
    `(x) => !('a' in x) && x.b.one === 2 && x.b.two === 3 && x.c.two === 4`,
  ],
  [
    'many objects before and after what was left out',
    `((list) => Object.assign(new Error('kept'), { list, bad: [list, Array.from({ length: 100 }, () => ({})), new WeakMap()], same: list, last: list[29] }))(Array.from({ length: 30 }, (_, n) => ({ n })))`,
    `(x) => x.list.every((o, i) => o.n === i) && !('bad' in x) && x.same === x.list && x.last === x.list[29]`,
  ],
  [
    'itself behind what was left out',
    `((e) => Object.assign(e, { bad: [e, new WeakMap()], self: e, cause: e }))(new Error('kept'))`,
    `(x) => !('bad' in x) && x.self === x && x.cause === x`,
  ],
  [
    'a name and a message that are no strings',
    `Object.assign(new Error('m'), { name: 5, message: { status: 404 } })`,
    `(x) => x instanceof Error && x.name === 5 && x.message.status === 404`,
  ],
  [
    'a message that is undefined',
    `Object.assign(new Error('m'), { message: undefined })`,
    '(x) => x.message === undefined',
  ],
  [
    'a name and a message that can not be had',
    `Object.defineProperties(new Error('m'), { name: { get() { throw 1 } }, message: { get() { throw 2 } } })`,
    `(x) => x instanceof Error && typeof String(x) === 'string'`,
  ],
  [
    'a standard name on an error of another type',
    `Object.assign(new Error('m'), { name: 'TypeError' })`,
    `(x) => x.name === 'TypeError' && x.message === 'm' && Object.getPrototypeOf(x) === Error.prototype`,
  ],
  [
    'an inherited code, and one that is not enumerable',
    `[new (class extends Error { get code() { return 'E_A' } })('a'), Object.defineProperty(new Error('b'), 'code', { value: 'E_B' }), Object.assign(new Error('c'), { code: 'E_C' })]`,
    `(x) => x.map((e) => e.code).join() === 'E_A,E_B,E_C' && x.map((e) => Object.keys(e).length).join() === '0,0,1'`,
  ],
  [
    'an error in the style of ES5',
    `((f) => { f.prototype = Object.create(Error.prototype, { name: { value: 'Old' } }); return [Object.assign(new f(), { message: 'm', extra: 1 })]; })(function () {})`,
    `(x) => x[0] instanceof Error && x[0].name === 'Old' && x[0].message === 'm' && x[0].extra === 1`,
  ],
  [
    'an own enumerable list of problems',
    `Object.assign(new Error('m'), { errors: [{ path: 'a' }] })`,
    `(x) => x.errors[0].path === 'a'`,
  ],
];

describe.each(paths)('errors $name', (path) => {
  let runtime: Runtime;
  beforeAll(() => {
    runtime = new Runtime({ timeout: 20_000 });
  });
  afterAll(() => runtime.closeAsync());

  it.each(rows)('%s', (_row, expression, check) => path.carry(runtime, expression, check));
});

describe('what host functions throw', () => {
  const see = `(e) => [e instanceof Error, e.name, e.message, e.code, typeof e.stack, Object.keys(e).sort().join()]`;

  it('a DOMException is an Error with name, message and code', async () => {
    const runtime = make();
    const reason = AbortSignal.abort().reason as DOMException;
    runtime.bindFunction('sync', () => {
      throw new DOMException('no room', 'QuotaExceededError');
    });
    runtime.bindFunction('async', async () => AbortSignal.abort().throwIfAborted());
    runtime.bindFunction(
      'timeout',
      () =>
        new Promise((_, reject) =>
          AbortSignal.timeout(1).addEventListener('abort', (event) => reject((event.target as AbortSignal).reason)),
        ),
    );
    runtime.bindFunction('clone', () => structuredClone(() => 1));
    runtime.bindFunction('syntax', () => {
      throw new DOMException('m', 'SyntaxError');
    });
    const seen = await runtime.evalAsync(`(async () => { const seen = [], see = ${see};
      for (const f of [sync, async, timeout, clone, syntax]) try { await f() } catch (e) { seen.push(see(e).slice(0, 2).concat(e.code, e.constructor === Error, typeof e.stack)) }
      return seen })()`);
    expect(seen).toEqual([
      [true, 'QuotaExceededError', 22, true, 'string'],
      [true, 'AbortError', 20, true, 'string'],
      [true, 'TimeoutError', 23, true, 'string'],
      [true, 'DataCloneError', 25, true, 'string'],
      [true, 'SyntaxError', 12, true, 'string'],
    ]);
    const values = runtime.eval<JsFunction>(
      `(e, o) => [e, o.list[0], o.map.get(1), o.wrapped.cause, o.all.errors[0]].map(${see})`,
    )(reason, {
      list: [reason],
      map: new Map([[1, reason]]),
      wrapped: new Error('w', { cause: reason }),
      all: new AggregateError([reason]),
    });
    expect(values).toEqual(Array(5).fill([true, 'AbortError', reason.message, 20, 'string', '']));
  });

  it('a DOMException that comes home uncaught is the same object', async () => {
    const runtime = make();
    const reason = AbortSignal.abort().reason as DOMException;
    runtime.bindFunction('f', async () => {
      throw reason;
    });
    const error = (await failure(() => runtime.evalAsync('f()'))) as unknown as JavaScriptError;
    expect(error.thrown).toBe(reason);
    expect(error.cause).toBe(reason);
    expect([error.name, error.message]).toEqual(['AbortError', reason.message]);
  });

  it("the guest's own DataCloneError arrives with its code, and one in the style of ES5 by its name", async () => {
    const runtime = make();
    const clone = (await failure(() => runtime.eval('structuredClone(() => 1)'))) as unknown as JavaScriptError;
    expect(clone).toMatchObject({ name: 'DataCloneError', thrown: { name: 'DataCloneError', code: 25 } });
    expect(clone.thrown).toBeInstanceOf(Error);
    const old = await failure(() =>
      runtime.eval(
        `function Old(m) { this.message = m } Old.prototype = Object.create(Error.prototype, { name: { value: 'Old' } }); throw new Old('m')`,
      ),
    );
    expect([old.name, old.message]).toEqual(['Old', 'm']);
  });

  it.each([
    ['a WeakMap', { bad: new WeakMap() }],
    ['a symbol', { bad: Symbol('s') }],
    ['a Proxy', { bad: new Proxy({}, {}) }],
    ['too many bytes', { bad: 'x'.repeat(11 * 2 ** 20) }],
    [
      'more than one property too many',
      { a: new WeakSet(), bad: Array(200).fill('x'.repeat(2 ** 17)), c: new WeakRef({}) },
    ],
  ])('an error with %s is the error, without that', async (_what, parts) => {
    const runtime = make();
    const bad = Object.assign(new TypeError('kept'), { status: 503 }, parts);
    runtime.bindFunction('f', () => {
      throw bad;
    });
    runtime.bindFunction('g', async () => {
      throw bad;
    });
    expect(
      await runtime.evalAsync(
        '(async () => { const seen = []; for (const h of [f, g]) try { await h() } catch (e) { seen.push([e instanceof TypeError, e.message, e.status, Object.keys(e)]) } return seen })()',
      ),
    ).toEqual(Array(2).fill([true, 'kept', 503, ['status']]));
    expect((await failure(() => runtime.eval('f()'))).thrown).toBe(bad);
  });
});

describe('what a guest throws', () => {
  it('is the error, without what does not cross', async () => {
    const runtime = make();
    for (const bad of [
      'new WeakMap()',
      'Symbol("s")',
      'globalThis',
      deep,
      '"x".repeat(11 * 2 ** 20)',
      '{ then() {} }',
    ]) {
      const code = `throw Object.assign(new RangeError('kept'), { status: 503, bad: ${bad} })`;
      for (const error of [await failure(() => runtime.eval(code)), await failure(() => runtime.evalAsync(code))]) {
        expect(error.thrown).toBeInstanceOf(RangeError);
        expect(error.thrown).toMatchObject({ message: 'kept', status: 503 });
      }
    }
  });

  it('functions of what was left out are not held', () => {
    const runtime = make();
    const error = runtime.eval<{ good: JsFunction }>(
      `Object.assign(new Error('kept'), { bad: [() => 1, () => 2, new WeakMap()], good: () => 3 })`,
    );
    expect(error.good()).toBe(3);
    expect(runtime.getStats().liveFunctionHandles).toBe(1);
    error.good.release();
  });

  it('a getter that never comes back runs into the limit', async () => {
    const runtime = make({ timeout: 200 });
    const code = `Object.defineProperty(new Error('m'), 'bad', { enumerable: true, get() { for (;;); } })`;
    expect((await failure(() => runtime.eval(code))).code).toBe('ERR_ISOLET_TIMEOUT');
    expect((await failure(() => runtime.evalAsync(`[${code}]`))).code).toBe('ERR_ISOLET_TIMEOUT');
    expect(
      (await failure(() => runtime.evalAsync(`new Error('m', { cause: ${code.replace("'bad'", "'name'")} })`))).code,
    ).toBe('ERR_ISOLET_TIMEOUT');
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it('trying again and again is bounded', () => {
    const runtime = make({ timeout: 20_000, maxHeapSize: 256 * 2 ** 20 });
    // Each level is written twice and taken back twice: two to the power of fifty times, if nobody counted.
    const nested = `let e = new Error('leaf'); for (let i = 0; i < 45; i++) e = Object.assign(new Error('m' + i), { a: [e, Symbol('s')], b: [e, Symbol('s')] }); e`;
    expect(runtime.eval<Error>(nested).message).toBe('m44');
    const wide = `((e) => { for (let i = 0; i < 2000; i++) e['p' + i] = ['x'.repeat(2 ** 20), Symbol('s')]; e.last = 1; return e })(new Error('wide'))`;
    expect(runtime.eval<Error & { last: number }>(wide)).toMatchObject({ message: 'wide', last: 1 });
  });

  it('the stack gives way before the message does', () => {
    const runtime = make({ maxTransferBytes: 4000 });
    const error = runtime.eval<Error>(`((e) => { e.stack = 'x'.repeat(3900); return e })(new Error('y'.repeat(1000)))`);
    expect(error.message).toHaveLength(1000);
  });
});
