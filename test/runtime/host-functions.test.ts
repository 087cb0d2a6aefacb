import { AsyncResource } from 'node:async_hooks';
import { JavaScriptError, RuntimeClosedError, TimeoutError } from 'isolet';
import { describe, expect, it, vi } from 'vitest';
import { currentCall, withCallContext } from '../../lib/runtime/call-context.ts';
import { coreOf } from '../../lib/runtime/runtime.ts';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

describe('binding', () => {
  it('B220, B221, B227: sync and async, with any number of arguments', async () => {
    const runtime = make();
    const log: unknown[][] = [];
    runtime.bindFunction('add', (a: number, b: number) => a + b);
    runtime.bindFunction('later', async (n: number) => n * 2);
    runtime.bindFunction('record', (...args: unknown[]) => log.push(args));
    expect(runtime.eval('add(2, 3)')).toBe(5);
    expect(await runtime.evalAsync('later(6)')).toBe(12);
    expect(runtime.eval('[record("a", "b"), record("c")]')).toEqual([1, 2]);
    expect(log).toEqual([['a', 'b'], ['c']]);
  });

  it('B222, B223: objects with functions at any depth', async () => {
    const runtime = make();
    runtime.bindObject('api', { value: 123, deep: { list: [async (n: number) => n + 7] }, now: () => 5 });
    expect(runtime.eval('[api.value, api.now()]')).toEqual([123, 5]);
    expect(await runtime.evalAsync('api.deep.list[0](5)')).toBe(12);
  });

  it('B224, B225: names are taken literally', () => {
    const runtime = make();
    const hostile = `x"]; globalThis.__pwn = 1; //`;
    runtime.bindObject(hostile, { [hostile]: 42 });
    runtime.bindObject('a.b$c', { n: 9 });
    expect(runtime.eval(`globalThis[${JSON.stringify(hostile)}][${JSON.stringify(hostile)}]`)).toBe(42);
    expect(runtime.eval('globalThis["a.b$c"].n')).toBe(9);
    expect(runtime.eval('typeof __pwn')).toBe('undefined');
  });

  it('L-C10: binding again replaces, unbind removes', () => {
    const runtime = make();
    runtime.bindObject('event', { old: 1 });
    runtime.bindObject('event', { fresh: 2 });
    expect(runtime.eval('Object.keys(event)')).toEqual(['fresh']);
    expect(runtime.unbind('event')).toBe(true);
    expect(runtime.unbind('event')).toBe(false);
    expect(runtime.eval('typeof event')).toBe('undefined');
  });

  it('a bound object is a copy', () => {
    const runtime = make();
    const config = { n: 1 };
    runtime.bindObject('config', config);
    runtime.eval('config.n = 2');
    expect(config.n).toBe(1);
  });

  it.each<[string, unknown[], string, string]>([
    ['bindFunction', [1, () => 1], 'name', 'TypeError'],
    ['bindFunction', ['', () => 1], 'name', 'RangeError'],
    ['bindFunction', ['f', 5], 'fn', 'TypeError'],
    ['bindFunction', ['f', null], 'fn', 'TypeError'],
    ['bindFunction', ['f', () => 1, { mode: 'other' }], 'mode', 'RangeError'],
    ['bindFunction', ['f', () => 1, { mode: 5 }], 'mode', 'TypeError'],
    ['bindFunction', ['f', async () => 1, { mode: 'sync' }], 'mode', 'TypeError'],
    ['bindFunction', ['f', () => 1, { modes: 'sync' }], 'modes', 'TypeError'],
    ['bindObject', [Symbol('x'), {}], 'name', 'TypeError'],
    ['bindObject', ['o', 5], 'object', 'TypeError'],
    ['bindObject', ['o', null], 'object', 'TypeError'],
    ['bindObject', ['o', () => 1], 'object', 'TypeError'],
    ['unbind', [undefined], 'name', 'TypeError'],
    ['eval', [5], 'code', 'TypeError'],
    ['eval', ['1', { filename: 5 }], 'filename', 'TypeError'],
    ['eval', ['1', null], 'options', 'TypeError'],
  ])('%s refuses %o', async (method, args, option, name) => {
    const runtime = make() as unknown as Record<string, (...args: unknown[]) => unknown>;
    const error = await failure(() => runtime[method]?.(...args));
    expect(error).toMatchObject({ name, option, code: 'ERR_ISOLET_INVALID_ARG' });
  });
});

describe('modes', () => {
  it("'async' gives a promise at once, also for a sync function", async () => {
    const runtime = make();
    runtime.bindFunction('f', () => 1, { mode: 'async' });
    expect(
      await runtime.evalAsync(
        'const p = f(); [p instanceof Promise, p].length && p.then((v) => [p instanceof Promise, v])',
      ),
    ).toEqual([true, 1]);
  });

  it("'auto' gives the value of a sync result and a promise of a thenable", async () => {
    const runtime = make();
    runtime.bindFunction('f', (later: boolean) => (later ? Promise.resolve(2) : 1));
    runtime.bindFunction('thenable', () => ({ then: (resolve: (n: number) => void) => resolve(3) }));
    expect(runtime.eval('f(false)')).toBe(1);
    expect(await runtime.evalAsync('f(true)')).toBe(2);
    expect(await runtime.evalAsync('thenable()')).toBe(3);
  });

  it("B197: 'sync' refuses a promise", async () => {
    const runtime = make();
    runtime.bindFunction('f', () => Promise.reject(new Error('unheard')), { mode: 'sync' });
    const error = await failure(() => runtime.eval('f()'));
    expect(error).toMatchObject({ name: 'TypeError' });
    expect(error.message).toContain("mode 'sync'");
  });

  it('a promise in a synchronous eval settles later', async () => {
    const runtime = make();
    const gate = deferred<number>();
    runtime.bindFunction('wait', () => gate.promise);
    const result = runtime.eval<Promise<number>>('wait().then((n) => n + 1)');
    expect(result).toBeInstanceOf(Promise);
    gate.resolve(1);
    expect(await result).toBe(2);
  });
});

describe('errors', () => {
  it('B199, F035: the guest catches the error with its name, message and own properties', () => {
    const runtime = make();
    runtime.bindFunction('read', (path: string) => {
      throw Object.assign(new RangeError(`Permission denied: ${path}`), { status: 403 });
    });
    const caught = runtime.eval(
      `try { read('/etc') } catch (e) { [e instanceof RangeError, e.name, e.message, e.status] }`,
    );
    expect(caught).toEqual([true, 'RangeError', 'Permission denied: /etc', 403]);
  });

  it('the guest sees no host stack or file path', () => {
    const runtime = make();
    runtime.bindFunction('fail', () => {
      throw new Error('x');
    });
    expect(runtime.eval('try { fail() } catch (e) { String(e.stack) }')).not.toMatch(
      /host-functions\.test|node:|\/lib\//,
    );
  });

  it.each(['sync', 'async'])('a host error that passes through comes out as the same object (%s)', async (how) => {
    const runtime = make();
    const mine = new TypeError('mine', { cause: 'why' });
    runtime.bindFunction('fail', () => (how === 'sync' ? thrower(mine) : Promise.reject(mine)));
    const error = await failure(() => runtime.evalAsync('fail()'));
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toMatchObject({ name: 'TypeError', message: 'mine' });
    expect(error.thrown).toBe(mine);
    expect(error.cause).toBe(mine);
  });

  it('B228: a rejection is a rejection in the guest', async () => {
    const runtime = make();
    runtime.bindFunction('load', async () => {
      throw new Error('forbidden');
    });
    expect(await runtime.evalAsync('load().catch((e) => "caught " + e.message)')).toBe('caught forbidden');
  });

  it.each([42, 'text', null, undefined, { code: 7 }])('what is thrown need not be an Error: %o', async (value) => {
    const runtime = make();
    runtime.bindFunction('fail', () => thrower(value));
    expect(runtime.eval('try { fail() } catch (e) { [e] }')).toEqual([value]);
    const error = await failure(() => runtime.eval('fail()'));
    expect(error.thrown).toEqual(value);
  });

  it('a result that cannot cross is an error in the guest, and the host goes on', () => {
    const runtime = make();
    runtime.bindFunction('bad', () => ({ deep: [Symbol('x')] }));
    expect(runtime.eval('try { bad(); "no" } catch (e) { e.message }')).toMatch(/deep\[0\]/);
    expect(runtime.eval('1')).toBe(1);
  });

  it('a rejection nobody waits for is not an unhandled rejection of the process', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    try {
      const runtime = make();
      const gate = deferred();
      runtime.bindFunction('load', () => gate.promise);
      const pending = failure(() => runtime.evalAsync('load()'));
      await until(() => runtime.getStats().activeHostCalls === 1, 'the host call');
      runtime.close();
      expect(await pending).toBeInstanceOf(RuntimeClosedError);
      gate.reject(new Error('late'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(unhandled).not.toHaveBeenCalled();
    } finally {
      process.off('unhandledRejection', unhandled);
    }
  });
});

describe('calling back into the runtime', () => {
  it('L-C5, F030d: a host function may evaluate, synchronously, from sync and async calls', async () => {
    const runtime = make();
    runtime.bindFunction('again', (n: number) => runtime.eval(`${n} + 1`));
    expect(runtime.eval('again(1)')).toBe(2);
    expect(await runtime.evalAsync('again(1)')).toBe(2);
    runtime.bindFunction('call', (fn: (n: number) => number) => fn(20) + 1);
    expect(runtime.eval('call((n) => n * 2)')).toBe(41);
    expect(await runtime.evalAsync('call((n) => n * 2)')).toBe(41);
  });

  it('L-C6: an async host function may await evalAsync of the same runtime', async () => {
    const runtime = make();
    runtime.bindFunction('nested', async () => (await runtime.evalAsync<number>('Promise.resolve(20)')) + 1);
    expect(await runtime.evalAsync('nested()', { timeout: 5000 })).toBe(21);
  });

  it.each(['eval', 'evalAsync'] as const)('nesting without end is an error with a limit (%s)', async (method) => {
    const runtime = make();
    runtime.bindFunction('down', () => runtime.eval('down()'));
    const error = await failure(() => runtime[method]('down()', { timeout: 10_000 }));
    expect(`${error.message}`).toMatch(/levels deep/);
    expect(runtime.eval('1')).toBe(1);
  });

  it('a slow host function does not stop other calls', async () => {
    const runtime = make();
    const gate = deferred();
    runtime.bindFunction('slow', async () => gate.promise);
    const slow = runtime.evalAsync('slow()');
    expect(await runtime.evalAsync('"fast"')).toBe('fast');
    gate.resolve();
    await slow;
  });

  it('a call that waits for the host times out in phase host or pending', async () => {
    const runtime = make();
    runtime.bindFunction('never', () => new Promise(() => {}));
    const error = await failure(() => runtime.evalAsync('never()', { timeout: 50 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(['host', 'pending']).toContain(error.phase);
    expect(runtime.eval('1')).toBe(1);
  });
});

describe('which call is it?', () => {
  it('a host function finds the context of its call, however calls interleave', async () => {
    const runtime = make();
    const seen: unknown[] = [];
    const gates = [deferred(), deferred()];
    runtime.bindFunction('who', (tag: string) => seen.push([tag, currentCall()?.context]));
    runtime.bindFunction('wait', (n: number) => gates[n]?.promise);
    const start = (n: number): Promise<unknown> =>
      withCallContext(`context ${n}`, () =>
        runtime.evalAsync(`(async () => { who('start ${n}'); await wait(${n}); who('end ${n}'); })()`),
      );
    const both = [start(0), start(1)];
    await until(() => seen.length === 2, 'both to start');
    gates[1]?.resolve();
    await both[1];
    gates[0]?.resolve();
    await both[0];
    expect(seen).toEqual([
      ['start 0', 'context 0'],
      ['start 1', 'context 1'],
      ['end 1', 'context 1'],
      ['end 0', 'context 0'],
    ]);
  });

  it('synchronous calls have a context too, and nested ones inherit it', () => {
    const runtime = make();
    const seen: unknown[] = [];
    runtime.bindFunction('who', () => void seen.push(currentCall()?.context));
    runtime.bindFunction('nest', () => runtime.eval('who()'));
    withCallContext('sync', () => runtime.eval('who(); nest()'));
    runtime.eval('who()');
    expect(seen).toEqual(['sync', 'sync', undefined]);
  });
});

describe('memory', () => {
  it('F047: host functions the guest dropped are forgotten', async () => {
    const runtime = make();
    const take = runtime.eval<(...args: unknown[]) => unknown>('() => {}');
    for (let i = 0; i < 200; i++) take(() => i);
    const { hostFunctions } = coreOf(runtime);
    await until(
      () => {
        runtime.eval('{ const junk = []; for (let i = 0; i < 20000; i++) junk.push({ i, s: "x" + i }); }');
        return hostFunctions.size < 100;
      },
      'the guest to drop host functions',
      15_000,
    );
  });

  it('a function that crosses again while an earlier copy is collected stays callable', async () => {
    const runtime = make();
    const host = (n: number): number => n + 1;
    runtime.eval('var kept');
    const keep = runtime.eval<(f: unknown) => void>('(f) => { kept = f }');
    for (let i = 0; i < 300; i++) {
      keep(host);
      runtime.eval('kept = undefined; { const a = []; for (let i = 0; i < 3000; i++) a.push({ i }); }');
      keep(host);
      expect(runtime.eval('kept(1)')).toBe(2);
    }
  });
});

describe('async resources', () => {
  it('a host function runs although its call was made in another async context', async () => {
    const runtime = make();
    runtime.bindFunction('f', () => 1);
    const resource = new AsyncResource('test');
    expect(await resource.runInAsyncScope(() => runtime.evalAsync('f()'))).toBe(1);
  });
});

function thrower(value: unknown): never {
  throw value;
}
