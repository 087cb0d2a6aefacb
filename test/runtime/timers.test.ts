import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { JavaScriptError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const withTimers = { maxTimers: 100 };
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe('timers', () => {
  it('T01: four functions exist with the option', () => {
    const types = '[typeof setTimeout, typeof setInterval, typeof clearTimeout, typeof clearInterval]';
    expect(make(withTimers).eval(types)).toEqual(new Array(4).fill('function'));
    expect(make().eval(types)).toEqual(new Array(4).fill('undefined'));
  });

  it('T03: an id is a number, each its own', () => {
    const ids = make(withTimers).eval(
      '[setTimeout(() => {}, 1e6), setInterval(() => {}, 1e6), setTimeout(() => {}, 1e6)]',
    );
    expect(ids).toEqual([expect.any(Number), expect.any(Number), expect.any(Number)]);
    expect(new Set(ids as number[]).size).toBe(3);
  });

  it('T04: setTimeout settles a promise, not before its time', async () => {
    const before = performance.now();
    expect(await make(withTimers).evalAsync('new Promise((done) => setTimeout(() => done("late"), 50))')).toBe('late');
    expect(performance.now() - before).toBeGreaterThan(45);
  });

  it('T05: further arguments are passed, the receiver is undefined', async () => {
    const runtime = make(withTimers);
    expect(await runtime.evalAsync('new Promise((done) => setTimeout((a, b) => done(a + b), 1, 40, 2))')).toBe(42);
    expect(
      await runtime.evalAsync(
        'new Promise((done) => setTimeout(function () { "use strict"; done(this === undefined) }))',
      ),
    ).toBe(true);
  });

  it('T06: delays of zero and of no sense are 1 ms', async () => {
    const runtime = make(withTimers);
    for (const delay of ['0', '-5', 'NaN', 'Infinity', '2 ** 31', 'undefined', '"x"', '{}']) {
      expect(await runtime.evalAsync(`new Promise((done) => setTimeout(done, ${delay}, 'ran'))`), delay).toBe('ran');
    }
    expect(() => runtime.eval('setTimeout(() => {}, { valueOf() { throw new Error("mine") } })')).toThrow('mine');
    expect(() => runtime.eval('setTimeout(() => {}, 1n)')).toThrow(JavaScriptError);
    expect(runtime.getStats().activeTimers).toBe(0);
  });

  it('T07: a cleared timer does not fire, one that is due later does', async () => {
    const runtime = make(withTimers);
    const fired = await runtime.evalAsync(`
      const fired = [];
      const first = setTimeout(() => fired.push('first'), 5);
      clearTimeout(first);
      clearTimeout(first); clearTimeout(); clearTimeout({}); clearTimeout(-1); clearTimeout(1e300); clearTimeout(null);
      const second = setTimeout(() => { fired.push('second'); clearTimeout(third) }, 5);
      const third = setTimeout(() => fired.push('third'), 5);
      new Promise((done) => setTimeout(() => done(fired), 30))`);
    expect(fired).toEqual(['second']);
    expect(runtime.getStats().activeTimers).toBe(0);
  });

  it('T08: a timer set by a synchronous call fires between calls', async () => {
    const runtime = make(withTimers);
    runtime.eval('var fired = false; setTimeout(() => { fired = true }, 100)');
    expect(runtime.eval('fired')).toBe(false);
    await until(() => runtime.eval('fired') === true, 'the timer');
  });

  it('T09: a string is no callback', () => {
    const runtime = make(withTimers);
    expect(runtime.eval('try { setTimeout("1") } catch (e) { e instanceof TypeError && e.message }')).toMatch(
      /setTimeout/,
    );
    expect(() => runtime.eval('setInterval()')).toThrow(/setInterval must be a function/);
  });

  it('T10: an interval repeats and can clear itself', async () => {
    const runtime = make(withTimers);
    const count = runtime.evalAsync(`
      new Promise((done) => {
        let count = 0;
        const id = setInterval(() => { if (++count === 3) { clearInterval(id); done(count) } }, 2);
      })`);
    expect(await count).toBe(3);
    await sleep(20);
    expect(runtime.getStats().activeTimers).toBe(0);
  });

  it('T11: nested timers', async () => {
    expect(
      await make(withTimers).evalAsync(`
        new Promise((done) => setTimeout(() => setTimeout(() => setTimeout(done, 1, 'deep'), 1), 1))`),
    ).toBe('deep');
  });

  it('F112: fire in the order they are due, microtasks between them', async () => {
    expect(
      await make(withTimers).evalAsync(`
        const order = [];
        setTimeout(() => order.push('b'), 20);
        setTimeout(() => { order.push('a1'); queueMicrotask(() => order.push('micro')) }, 5);
        setTimeout(() => order.push('a2'), 5);
        new Promise((done) => setTimeout(() => done(order), 40))`),
    ).toEqual(['a1', 'micro', 'a2', 'b']);
  });

  it('F112: more than maxTimers is a RangeError of the guest', async () => {
    const runtime = make({ maxTimers: 3 });
    expect(
      runtime.eval(`
        let set = 0;
        try { for (;;) { setTimeout(() => {}, 1e6); set++ } } catch (e) { [set, e instanceof RangeError, e.message] }`),
    ).toEqual([3, true, 'Too many timers: this runtime has at most 3']);
    expect(runtime.getStats().activeTimers).toBe(3);
  });

  it('F112: what a callback throws is an event, and the others go on', async () => {
    const runtime = make(withTimers);
    const heard: Error[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    const done = runtime.evalAsync(
      'setTimeout(() => { throw new RangeError("lost") }, 1); new Promise((done) => setTimeout(done, 20, "fine"))',
    );
    expect(await done).toBe('fine');
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]).toMatchObject({ name: 'RangeError', message: 'lost' });
  });

  it('F112: a callback runs under the limits of the call that waits for it', async () => {
    const runtime = make(withTimers);
    const stopped = await failure(() =>
      runtime.evalAsync('setTimeout(() => { for (;;); }, 1); new Promise(() => {})', { timeout: 100 }),
    );
    expect(stopped).toBeInstanceOf(TimeoutError);
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it('F112: afterwards it runs under the limits of the runtime, and a chain that loops is broken', async () => {
    const runtime = make({ ...withTimers, timeout: 80 });
    const heard: Error[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    runtime.eval('var starts = 0; (function again() { setTimeout(again, 1); if (starts++ > 0) for (;;); })(); 1');
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]).toBeInstanceOf(TimeoutError);
    await sleep(50);
    expect(runtime.getStats().activeTimers).toBe(0);
    expect(runtime.eval('starts')).toBe(2);
  });

  it('F112: the CPU limit of the runtime holds for callbacks', async () => {
    const runtime = make({ ...withTimers, cpuTimeout: 50 });
    const heard: Error[] = [];
    runtime.on('unhandledRejection', (error) => heard.push(error));
    runtime.eval('setInterval(() => { for (;;); }, 1)');
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]).toMatchObject({ kind: 'cpu' });
    expect(runtime.getStats().activeTimers).toBe(0);
  });

  it('F112: a call that is stopped takes its timers along, those of others stay', async () => {
    const runtime = make(withTimers);
    runtime.eval('var beats = 0; setInterval(() => { beats++ }, 5)');
    const stop = new AbortController();
    const call = runtime.evalAsync('setInterval(() => {}, 5); new Promise(() => {})', { signal: stop.signal });
    await until(() => runtime.getStats().activeTimers === 2, 'both');
    stop.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await until(() => runtime.getStats().activeTimers === 1, 'one to go');
    const before = runtime.eval('beats') as number;
    await until(() => (runtime.eval('beats') as number) > before, 'another beat');
  });

  it('F112: host calls of a callback know the call', async () => {
    const runtime = make(withTimers);
    runtime.bindFunction('ask', async (n: number) => n + 1);
    expect(await runtime.evalAsync('new Promise((done) => setTimeout(async () => done(await ask(41)), 1))')).toBe(42);
  });

  it('F112: works whatever the guest replaced', async () => {
    expect(
      await make(withTimers).evalAsync(`
        Function.prototype.call = Function.prototype.apply = undefined;
        Array.prototype[Symbol.iterator] = undefined;
        Promise.prototype.constructor = undefined;
        new Promise((done) => setTimeout(done, 1, 'ran'))`),
    ).toBe('ran');
  });

  it('F112: the runtime closes with timers set', async () => {
    const runtime = make(withTimers);
    runtime.eval('setInterval(() => {}, 1); setTimeout(() => {}, 1e6)');
    await sleep(10);
    await runtime.closeAsync();
    expect(runtime.state).toBe('closed');
  });

  it('F112: waiting for a timer costs no processor time', async () => {
    const runtime = make(withTimers);
    runtime.eval('setTimeout(() => {}, 60_000)');
    await sleep(50);
    const before = process.cpuUsage();
    await sleep(400);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(40);
  });

  it('F112: a pending timer does not keep Node alive, a call that waits for one does', () => {
    const library = new URL('../../dist/index.js', import.meta.url).href;
    const run = (code: string) =>
      spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `import { Runtime } from ${JSON.stringify(library)}; const r = new Runtime({ maxTimers: 9 }); ${code}`,
        ],
        { encoding: 'utf8', timeout: 20_000, cwd: fileURLToPath(new URL('../..', import.meta.url)) },
      );
    const idle = run('r.eval("setInterval(() => {}, 10_000)"); process.on("exit", () => console.log("bye"))');
    expect([idle.status, idle.signal, idle.stdout]).toEqual([0, null, 'bye\n']);
    const waits = run('r.evalAsync("new Promise((d) => setTimeout(d, 200, 7))").then((v) => console.log(v))');
    expect([waits.status, waits.signal, waits.stdout]).toEqual([0, null, '7\n']);
  });
});
