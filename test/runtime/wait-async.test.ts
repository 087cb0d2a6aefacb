import type { JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, ownTime, until, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const memory = 'const cells = new Int32Array(new SharedArrayBuffer(64));';

describe('Atomics.waitAsync', () => {
  it('settles when its time is over, in the order of the times', async () => {
    const runtime = make();
    const order = await runtime.evalAsync(`${memory}
      (async () => {
        const order = [];
        const wait = (ms) => Atomics.waitAsync(cells, 0, 0, ms).value.then((how) => order.push([ms, how]));
        await Promise.all([wait(30), wait(1), wait(15)]);
        return order;
      })()`);
    expect(order).toEqual([
      [1, 'timed-out'],
      [15, 'timed-out'],
      [30, 'timed-out'],
    ]);
  });

  it('settles when it is woken, by its own call, by another one and by a timer', async () => {
    const runtime = make({ maxTimers: 4 });
    const own = `${memory} (async () => {
      const wait = Atomics.waitAsync(cells, 0, 0, 60_000);
      return [wait.async, Atomics.notify(cells, 0), await wait.value];
    })()`;
    expect(await runtime.evalAsync(own)).toEqual([true, 1, 'ok']);
    const first = runtime.evalAsync('Atomics.waitAsync(cells, 1, 0, 60_000).value');
    const endless = runtime.evalAsync('Atomics.waitAsync(cells, 1, 0).value');
    expect(await runtime.evalAsync('Atomics.notify(cells, 1)')).toBe(2);
    expect(await Promise.all([first, endless])).toEqual(['ok', 'ok']);
    const byTimer = 'setTimeout(() => Atomics.notify(cells, 2), 2); Atomics.waitAsync(cells, 2, 0, 60_000).value';
    expect(await runtime.evalAsync(byTimer)).toBe('ok');
  });

  it('answers at once where there is nothing to wait for', async () => {
    const runtime = make();
    expect(
      runtime.eval(`${memory} [Atomics.waitAsync(cells, 0, 1).value, Atomics.waitAsync(cells, 0, 0, 0).value]`),
    ).toEqual(['not-equal', 'timed-out']);
  });

  it('looks like V8’s: name, length, errors', () => {
    const runtime = make();
    expect(runtime.eval('[Atomics.waitAsync.name, Atomics.waitAsync.length]')).toEqual(['waitAsync', 4]);
    expect(runtime.eval("'prototype' in Atomics.waitAsync")).toBe(false);
    expect(() => runtime.eval('Atomics.waitAsync(new Int32Array(1), 0, 0)')).toThrow(/shared/i);
    expect(() => runtime.eval('new Atomics.waitAsync()')).toThrow(/not a constructor/);
  });

  it('works when the guest has replaced what it can, and waits inside the conversion of its arguments', async () => {
    const runtime = make();
    const code = `${memory}
      const { waitAsync } = Atomics;
      Promise.prototype.then = Object.prototype.value = Atomics.notify = undefined;
      Object.defineProperty(Object.prototype, 'get', { value: 1 });
      let inner;
      const outer = waitAsync(cells, 0, { valueOf() { inner = waitAsync(cells, 1, 0, 1); return 0 } }, 2);
      (async () => [await inner.value, await outer.value])()`;
    expect(await runtime.evalAsync(code)).toEqual(['timed-out', 'timed-out']);
  });

  it('belongs to its call: a stop ends it, its time is counted, other calls go on', async () => {
    const runtime = make();
    runtime.eval(memory);
    const slow = failure(() => runtime.evalAsync('Atomics.waitAsync(cells, 0, 0, 60_000).value', { timeout: 30 }));
    const loops = failure(() =>
      runtime.evalAsync('Atomics.waitAsync(cells, 0, 0, 5).value.then(() => { for (;;); })', { timeout: 200 }),
    );
    expect(await slow).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'pending' });
    expect(await loops).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    expect(await runtime.evalAsync('Atomics.waitAsync(cells, 0, 0, 1).value')).toBe('timed-out');
  });

  it('is bounded, and waits that were woken do not count', async () => {
    const runtime = make();
    const woken = `${memory} (async () => {
      for (let i = 0; i < 15_000; i++) {
        const { value } = Atomics.waitAsync(cells, 0, 0, 60_000);
        Atomics.notify(cells, 0);
        if ((i & 63) === 63) await value;
      }
      return 'done';
    })()`;
    expect(await runtime.evalAsync(woken)).toBe('done');
    const error = await failure(() => runtime.eval('for (;;) Atomics.waitAsync(cells, 0, 0, 60_000)'));
    expect(error).toMatchObject({ name: 'RangeError', message: expect.stringContaining('Too many waits') });
  });

  it('also in a runtime that was made elsewhere, in a module and after an answer', async () => {
    const runtime = await create();
    let told: (how: string) => void = () => {};
    const told1 = new Promise((resolve) => {
      told = resolve;
    });
    runtime.bindFunction('tell', (how: string) => told(how));
    runtime.addModule('main', `${memory} export const how = await Atomics.waitAsync(cells, 0, 0, 2).value;`);
    expect(await runtime.evalModuleAsync('main')).toEqual({ how: 'timed-out' });
    runtime.addModule('sync', `${memory} export const how = await Atomics.waitAsync(cells, 0, 0, 2).value;`);
    expect(runtime.evalModule('sync')).toEqual({ how: 'timed-out' });
    // Nobody waits for it any more.
    runtime.eval(`${memory} Atomics.waitAsync(cells, 0, 0, 2).value.then(tell); undefined`);
    expect(await told1).toBe('timed-out');
  });

  it('costs an idle runtime no processor time, and a runtime is closed over it', async () => {
    const runtime = make();
    const wait = runtime.eval<JsFunction>(`${memory} () => void Atomics.waitAsync(cells, 0, 0, 3600_000)`);
    for (let i = 0; i < 100; i++) wait();
    const before = { cpu: runtime.getStats().totalCpuTimeMs, own: ownTime() };
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(runtime.getStats().totalCpuTimeMs).toBe(before.cpu);
    const pending = failure(() => runtime.evalAsync('Atomics.waitAsync(cells, 0, 0, 3600_000).value'));
    await until(() => runtime.getStats().pendingCalls === 1, 'the call to wait');
    await runtime.closeAsync();
    expect(await pending).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  });
});
