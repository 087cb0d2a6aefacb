import { type JsFunction, type Runtime, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { deferred, failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const MIB = 1024 * 1024;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Several collections with turns of the event loop between them: what is dropped is gone. */
async function collect(): Promise<void> {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await turn();
  }
}

const held = (runtime: Runtime) => runtime.getStats().heldHandles;

/** Guest code that makes `n` of each kind. */
const kinds = {
  functions: (n: number) => `Array.from({ length: ${n} }, () => () => 1)`,
  promises: (n: number) => `Array.from({ length: ${n} }, () => new Promise(() => {}))`,
  streams: (n: number) => `Array.from({ length: ${n} }, () => new ReadableStream())`,
};

describe.each(Object.entries(kinds))('%s that the host holds', (_kind, code) => {
  const small = () => make({ maxHeldHandles: 10, streams: true });

  it('are bounded over all messages, in every way in', async () => {
    const runtime = small();
    const got: unknown[] = [];
    runtime.bindFunction('take', (value: unknown) => {
      got.push(value);
    });
    runtime.bindFunction('takeAsync', async (value: unknown) => {
      got.push(value);
    });
    got.push(runtime.eval(code(8)));
    const before = held(runtime);
    expect(before).toBe(8);
    for (const run of [
      () => runtime.eval(code(3)),
      () => runtime.evalAsync(code(3)),
      () => runtime.evalAsync(`Promise.resolve(${code(3)})`),
    ]) {
      const error = await failure(run);
      expect(error).toBeInstanceOf(TransferError);
      expect(error).toMatchObject({
        code: 'ERR_ISOLET_TRANSFER',
        message: expect.stringMatching(/The host holds 10 functions, promises and streams .*'maxHeldHandles'/),
        path: 'result[2]',
        limit: 10,
        actual: 11,
      });
    }
    const refusal = `RangeError: The host holds 10 functions, promises and streams already (at arguments[0][2])`;
    for (const name of ['take', 'takeAsync']) {
      expect(runtime.eval(`try { ${name}(${code(3)}) } catch (e) { String(e) }`)).toBe(refusal);
    }
    // What did not cross is not held, and what is held may cross again.
    expect(held(runtime)).toBe(before);
    runtime.eval(`take(${code(2)})`);
    expect(held(runtime)).toBe(10);
    // Thrown values and console lines do not fail for it.
    expect(
      await failure(() => runtime.eval(`throw Object.assign(new Error('e'), { more: ${code(3)} })`)),
    ).toMatchObject({
      name: 'Error',
      message: 'e',
    });
    expect(held(runtime)).toBe(10);
    expect(got).toHaveLength(2);
  });

  it('do not count when the host has dropped them', async () => {
    const runtime = small();
    for (let i = 0; i < 5; i++) {
      runtime.eval(code(9));
      await collect();
      await runtime.evalAsync('1');
    }
    await until(() => held(runtime) === 0, 'nothing is held');
  });

  it('are looked for by the host before one is refused', async () => {
    const runtime = make({ maxHeldHandles: 2000, streams: true });
    let refused = 0;
    for (let i = 0; i < 20; i++) {
      try {
        runtime.eval(code(900));
      } catch {
        refused++;
        // Not so soon after the last time.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
    expect(refused).toBeLessThan(15);
    expect(held(runtime)).toBeLessThanOrEqual(2000);
  });
});

describe('memory of what the host holds', () => {
  it('is charged to the guest', async () => {
    const runtime = make({ maxHeapSize: 6 * MIB, maxHeldHandles: 1_000_000 });
    const all: unknown[] = [];
    const error = await failure(async () => {
      for (let i = 0; i < 100; i++) all.push(await runtime.evalAsync(kinds.functions(500)));
    });
    // Either there is no room for a handle, or none in the heap for its function.
    expect(error.code).toMatch(/^ERR_ISOLET_(TRANSFER|HEAP_LIMIT)$/);
    expect(all.length).toBeLessThan(12);
  });

  it('is given back', async () => {
    const runtime = make({ maxHeapSize: 16 * MIB });
    const before = runtime.getStats().arrayBufferBytes;
    const all = runtime.eval<JsFunction[]>(kinds.functions(1000));
    expect(runtime.getStats().arrayBufferBytes - before).toBeGreaterThan(500_000);
    for (const fn of all) fn.release();
    await until(() => runtime.getStats().arrayBufferBytes === before, 'the bytes to be given back');
  });
});

describe('a promise of the guest', () => {
  it('that somebody waits for is kept, although nobody refers to it', async () => {
    const runtime = make();
    const seen: unknown[] = [];
    (() => {
      const { a, b } = runtime.eval<{ a: Promise<number>; b: Promise<number> }>(
        'var done = []; const make = () => new Promise((resolve) => done.push(resolve)); ({ a: make(), b: make() })',
      );
      a.then((value) => seen.push(value));
      (async () => seen.push(await b))();
    })();
    await collect();
    expect(held(runtime)).toBe(2);
    runtime.eval('done[0](1); done[1](2); 0');
    await until(() => seen.length === 2, 'both');
    expect(seen.sort()).toEqual([1, 2]);
    expect(held(runtime)).toBe(0);
  });

  it('that is looked at late has its value', async () => {
    const runtime = make();
    const { p } = runtime.eval<{ p: Promise<number> }>('var done; ({ p: new Promise((resolve) => (done = resolve)) })');
    await collect();
    runtime.eval('done(3)');
    await turn();
    await collect();
    expect(await p).toBe(3);
  });

  it('that nobody waits for may fail', async () => {
    const runtime = make();
    const unhandled: unknown[] = [];
    const listener = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listener);
    try {
      const { p } = runtime.eval<{ p: Promise<void> }>(
        'var fail; ({ p: new Promise((_, reject) => (fail = reject)) })',
      );
      runtime.eval('fail(new Error("late"))');
      await until(() => held(runtime) === 0, 'it to settle');
      await turn();
      await turn();
      expect(unhandled).toEqual([]);
      expect(await failure(() => p)).toMatchObject({ message: 'late' });
    } finally {
      process.off('unhandledRejection', listener);
    }
  });

  it.each([
    ['close', (runtime: Runtime) => runtime.close(), 'ERR_ISOLET_CLOSED'],
    ['terminate', (runtime: Runtime) => runtime.terminate('enough'), 'ERR_ISOLET_TERMINATED'],
  ])('and thousands more fail with one error after %s, over many turns of the event loop', async (_how, end, code) => {
    const runtime = make();
    const all = [
      ...runtime.eval<Promise<void>[]>(kinds.promises(9000)),
      ...runtime.eval<Promise<void>[]>(kinds.promises(9000)),
    ];
    const reasons = new Map<Error, number>();
    const turns = new Set<number>();
    let now = 0;
    let over = false;
    const count = () => {
      now++;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    const settled = all.map((promise) =>
      promise.catch((error: Error) => {
        turns.add(now);
        reasons.set(error, (reasons.get(error) ?? 0) + 1);
      }),
    );
    end(runtime);
    await Promise.all(settled);
    over = true;
    expect([...reasons.values()]).toEqual([18_000]);
    expect([...reasons.keys()][0]).toMatchObject({ code });
    expect(turns.size).toBeGreaterThan(20);
    await runtime.closeAsync();
  });

  it('and thousands more fail with one error when what they wait for was thrown away', async () => {
    const runtime = make();
    const gate = deferred<number>();
    runtime.bindFunction('wait', () => gate.promise);
    const all = runtime.eval<Promise<void>[]>(kinds.promises(5000));
    const reasons = new Set<Error>();
    const settled = all.map((promise) => promise.catch((error: Error) => reasons.add(error)));
    const culprit = failure(() => runtime.evalAsync('wait().then(() => { for (;;); })', { timeout: 200 }));
    await until(() => runtime.getStats().activeHostCalls === 1, 'the host call');
    await runtime.evalAsync('1');
    gate.resolve(1);
    await culprit;
    await Promise.all(settled);
    expect([...reasons]).toHaveLength(1);
    expect([...reasons][0]).toMatchObject({ code: 'ERR_ISOLET_TERMINATED', reason: 'call dropped' });
    expect(await runtime.evalAsync('1 + 1')).toBe(2);
  });
});

describe('settling a call', () => {
  it('may make calls and close the runtime', async () => {
    // The error of a call is made while it is settled, and looks at what its cause is: that runs code of the host's.
    const runtime = make();
    const others: Promise<unknown>[] = [];
    const prepare = Error.prepareStackTrace;
    let made = 0;
    Error.prepareStackTrace = (error, frames) => {
      if (made < 300) {
        made++;
        others.push(runtime.evalAsync(`${made}`).catch(() => undefined));
      }
      return prepare?.(error, frames) ?? String(error);
    };
    try {
      const failures = await Promise.all(
        Array.from({ length: 100 }, (_, i) =>
          failure(() => runtime.evalAsync(`throw new Error('${i}')`)).then((e) => e.stack),
        ),
      );
      expect(failures).toHaveLength(100);
    } finally {
      Error.prepareStackTrace = prepare;
    }
    await Promise.all(others);
  });
});
