import { type JsFunction, type Runtime, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { coreOf } from '../../lib/runtime/runtime.ts';
import { deferred, failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const MB = 2 ** 20;

/** Keeps the guest busy in a call without a limit, until `end`. */
async function occupy(runtime: Runtime): Promise<{ end: () => Promise<unknown> }> {
  const begun = deferred();
  const stop = new AbortController();
  runtime.bindFunction('begun', () => begun.resolve());
  const busy = failure(() => runtime.evalAsync('begun(); for (;;);', { signal: stop.signal, timeout: 60_000 }));
  await begun.promise;
  return {
    end: () => {
      stop.abort();
      return busy;
    },
  };
}

/** Host functions that the guest, or something on its way to it, holds. */
const held = (runtime: Runtime): number => coreOf(runtime).hostFunctions.size;

describe('a call that is answered before it began', () => {
  it.each(['by its timeout', 'by its signal'])('lets go of its arguments at once, answered %s', async (how) => {
    const runtime = make();
    const fn = runtime.eval<JsFunction>('(x) => x()');
    const { end } = await occupy(runtime);
    const before = held(runtime);
    const stop = new AbortController();
    const calls = Array.from({ length: 50 }, () =>
      failure(() => fn.callAsync([() => 1], how === 'by its timeout' ? { timeout: 10 } : { signal: stop.signal })),
    );
    expect(held(runtime)).toBe(before + 50);
    if (how === 'by its signal') stop.abort();
    await Promise.all(calls);
    // What was given back is told in a turn of the event loop.
    await expect.poll(() => held(runtime)).toBe(before);
    await end();
    expect(await fn.callAsync([() => 2])).toBe(2);
  });

  it('does not hold its bytes: any number of them may follow each other', async () => {
    const runtime = make({ maxHeapSize: 16 * MB });
    const fn = runtime.eval<JsFunction>('(x) => x.length');
    const { end } = await occupy(runtime);
    const big = 'x'.repeat(4 * MB);
    for (let i = 0; i < 40; i++) {
      expect(await failure(() => fn.callAsync([big], { timeout: 1 }))).toBeInstanceOf(TimeoutError);
    }
    await end();
    expect(await fn.callAsync([big])).toBe(4 * MB);
  });

  it('is swept out of the queue, and those that wait are not', async () => {
    const runtime = make();
    const { end } = await occupy(runtime);
    const kept = [runtime.evalAsync('globalThis.log = [1]; 1')];
    let answered = 0;
    for (let i = 0; i < 10; i++) {
      await Promise.all(
        Array.from({ length: 500 }, () =>
          runtime.evalAsync('log.push(0)', { timeout: 1 }).catch(() => {
            answered++;
          }),
        ),
      );
      kept.push(runtime.evalAsync(`log.push(${i + 2}); ${i + 2}`));
    }
    expect(answered).toBe(5000);
    await end();
    const expected = Array.from({ length: 11 }, (_, i) => i + 1);
    expect(await Promise.all(kept)).toEqual(expected);
    expect(await runtime.evalAsync('log')).toEqual(expected);
  });

  it('a synchronous one is not run later', async () => {
    const runtime = make();
    const { end } = await occupy(runtime);
    const error = await failure(() => runtime.eval('globalThis.ran = true', { timeout: 10 }));
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', phase: 'queued' });
    await end();
    expect(await runtime.evalAsync('typeof ran')).toBe('undefined');
  });

  it('a synchronous one lets go of its arguments at once', async () => {
    const runtime = make({ timeout: 20 });
    const fn = runtime.eval<JsFunction>('(x) => x()', { timeout: 20_000 });
    const { end } = await occupy(runtime);
    const before = held(runtime);
    expect(await failure(() => fn(() => 1))).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    await expect.poll(() => held(runtime)).toBe(before);
    await end();
  });
});

describe('what waits for a busy guest', () => {
  it('is bounded in bytes; one by itself is not', async () => {
    const runtime = make({ maxHeapSize: 16 * MB });
    const fn = runtime.eval<JsFunction>('(x) => x.length');
    const { end } = await occupy(runtime);
    const big = 'x'.repeat(8 * MB);
    const calls = Array.from({ length: 20 }, () => fn.callAsync([big]).catch((error) => error));
    // 16 MiB of the guest and 32 MiB.
    const refused = await Promise.all(calls.slice(6));
    for (const error of refused) {
      expect(error).toMatchObject({
        code: 'ERR_ISOLET_CAPACITY',
        limit: 48 * MB,
        message: expect.stringContaining('bytes of code and arguments'),
      });
    }
    await end();
    expect(await Promise.all(calls.slice(0, 5))).toEqual(Array(5).fill(8 * MB));
    expect(await fn.callAsync([big])).toBe(8 * MB);
  });

  it('also what is bound meanwhile', async () => {
    const runtime = make({ maxHeapSize: 16 * MB });
    const { end } = await occupy(runtime);
    const big = { text: 'x'.repeat(8 * MB) };
    const error = await failure(() => {
      for (let i = 0; i < 20; i++) runtime.bindObject(`o${i}`, big);
    });
    expect(error).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 48 * MB });
    await end();
  });

  it('a refused call gives its functions back', async () => {
    const runtime = make({ maxHeapSize: 16 * MB });
    const fn = runtime.eval<JsFunction>('(x, f) => f()');
    const { end } = await occupy(runtime);
    const before = held(runtime);
    const big = 'x'.repeat(8 * MB);
    const calls = Array.from({ length: 10 }, () => fn.callAsync([big, () => 1]).catch((error) => error.code));
    await Promise.all(calls.slice(5));
    await expect.poll(() => held(runtime)).toBeLessThanOrEqual(before + 5);
    await end();
    await Promise.all(calls);
  });
});
