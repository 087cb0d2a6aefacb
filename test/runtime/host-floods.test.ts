import { setTimeout as sleep } from 'node:timers/promises';
import { HeapLimitError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const mebibyte = 1024 * 1024;

function spin(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

describe('a flood of host calls', () => {
  it('leaves the event loop its turns', async () => {
    const runtime = make();
    runtime.bindFunction('work', async () => spin(1));
    let ticks = 0;
    const timer = setInterval(() => ticks++, 10);
    await runtime.evalAsync('Promise.all(Array.from({ length: 500 }, () => work()))');
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  it('does not hold back the answer of the call that was stopped, and ends with it', async () => {
    const runtime = make();
    let served = 0;
    runtime.bindFunction('work', async () => {
      served++;
      spin(1);
    });
    const error = await failure(() =>
      runtime.evalAsync('for (let i = 0; i < 4000; i++) work(); for (;;);', { timeout: 200 }),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(served).toBeLessThan(2000);
    const then = served;
    await sleep(50);
    expect(served).toBe(then);
    expect(await runtime.evalAsync('work().then(() => 1)')).toBe(1);
  });

  it('is served to the end where nothing was stopped, in order', async () => {
    const runtime = make();
    const seen: number[] = [];
    runtime.bindFunction('note', async (i: number) => {
      seen.push(i);
      spin(0.1);
    });
    await runtime.evalAsync('for (let i = 0; i < 1000; i++) note(i); 1');
    await runtime.evalAsync('note(1000)');
    expect(seen).toEqual(Array.from({ length: 1001 }, (_, i) => i));
  });

  it('of another runtime does not hold back a call', async () => {
    const busy = make();
    const other = make();
    busy.bindFunction('work', async () => spin(1));
    let flooded = false;
    const flood = busy
      .evalAsync('Promise.all(Array.from({ length: 1000 }, () => work()))')
      .then(() => (flooded = true));
    await sleep(20);
    for (let i = 0; i < 3; i++) await other.evalAsync('1');
    expect(flooded).toBe(false);
    await flood;
  });
});

describe('host calls that the host works on', () => {
  const waiting = 'for (let i = 0; i < 3000; i++) work(); new Promise(() => {})';

  it.each([
    ['asynchronous', 'async' as const],
    ['of functions that return promises', undefined],
  ])('are bounded across calls that were stopped: %s', async (_name, mode) => {
    const runtime = make();
    const held: (() => void)[] = [];
    runtime.bindFunction('work', () => new Promise<void>((resolve) => held.push(resolve)), mode ? { mode } : {});
    // Stopped by the host, so that however slow the machine is all were made.
    const stop = new AbortController();
    const first = failure(() => runtime.evalAsync(waiting, { signal: stop.signal }));
    await until(() => held.length === 3000, 'three thousand calls');
    stop.abort();
    expect(await first).toMatchObject({ name: 'AbortError' });
    expect(await failure(() => runtime.evalAsync(waiting))).toMatchObject({
      name: 'RangeError',
      message: 'Too many host calls in flight',
    });
    await until(() => held.length === 4096, 'as many as may be open');
    expect(await failure(() => runtime.evalAsync('work()'))).toMatchObject({ name: 'RangeError' });
    // Once they have settled there is room again.
    for (const resolve of held.splice(0)) resolve();
    await new Promise(setImmediate);
    const next = runtime.evalAsync('work().then(() => 1)');
    await until(() => held.length === 1, 'the next call');
    held.pop()?.();
    expect(await next).toBe(1);
  });

  it('are bounded also where a getter of their results calls the guest, which calls the host', async () => {
    const runtime = make();
    const held: Promise<void>[] = [];
    runtime.bindFunction('inner', () => 1);
    runtime.bindFunction('work', () => {
      const never = new Promise<void>(() => {});
      held.push(never);
      return {
        get before() {
          return runtime.eval('inner()');
        },
        never,
      };
    });
    const error = await failure(() => runtime.evalAsync('for (let i = 0; i < 4200; i++) work()'));
    expect(error).toMatchObject({ name: 'RangeError', message: 'Too many host calls in flight' });
    expect(held).toHaveLength(4096);
  });

  it('do not count once nothing can settle them', async () => {
    const runtime = make();
    let calls = 0;
    runtime.bindFunction('work', async () => {
      calls++;
      await new Promise(() => {});
    });
    const stop = new AbortController();
    const first = failure(() => runtime.evalAsync(waiting, { signal: stop.signal }));
    await until(() => calls === 3000, 'three thousand calls');
    stop.abort();
    await first;
    await new Promise(setImmediate);
    globalThis.gc?.();
    const again = new AbortController();
    const second = failure(() => runtime.evalAsync(waiting, { signal: again.signal }));
    await until(() => calls === 6000, 'three thousand more');
    again.abort();
    expect(await second).toMatchObject({ name: 'AbortError' });
  });

  it('leave room for functions that answer at once', async () => {
    const runtime = make();
    const held: (() => void)[] = [];
    runtime.bindFunction('work', async () => new Promise<void>((resolve) => held.push(resolve)));
    runtime.bindFunction('log', (x: number) => x);
    const answer = runtime.evalAsync(
      'const all = Array.from({ length: 4096 }, () => work()); const n = log(7); Promise.all(all).then(() => n)',
    );
    await until(() => held.length === 4096, 'all calls');
    for (const resolve of held) resolve();
    expect(await answer).toBe(7);
  });
});

describe('results that wait for the guest', () => {
  it.each([
    ['strings', (i: number) => 'x'.repeat(1_000_000) + i],
    ['bytes', () => new Uint8Array(1_000_000)],
  ])('count for it: %s', async (_name, result) => {
    const runtime = make({ maxHeapSize: 32 * mebibyte });
    runtime.bindFunction('load', async (i: number) => result(i));
    const error = await failure(() =>
      runtime.evalAsync('for (let i = 0; i < 4000; i++) load(i); for (;;);', { timeout: 20_000 }),
    );
    expect(error).toBeInstanceOf(HeapLimitError);
  });

  it('may be more than the limit one after the other', async () => {
    const runtime = make({ maxHeapSize: 32 * mebibyte });
    runtime.bindFunction('load', async () => new Uint8Array(1_000_000));
    const code =
      '(async () => { let sum = 0; for (let i = 0; i < 100; i++) sum += (await load()).length; return sum; })()';
    expect(await runtime.evalAsync(code)).toBe(100_000_000);
  });

  it('of a module loader count as well', async () => {
    const runtime = make({ maxHeapSize: 32 * mebibyte });
    runtime.setModuleLoader(async (url) => `export default 1; //${url}${'x'.repeat(1_000_000)}`);
    runtime.addModule('main', "for (let i = 0; i < 4000; i++) import('x:' + i); for (;;);");
    const error = await failure(() => runtime.evalModuleAsync('main', { timeout: 20_000 }));
    expect(error).toBeInstanceOf(HeapLimitError);
  });
});
