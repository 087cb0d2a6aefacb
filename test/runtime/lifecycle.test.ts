import { inspect } from 'node:util';
import { JavaScriptError, Runtime, RuntimeClosedError, RuntimeTerminatedError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();

describe('creating', () => {
  it('B009, B011, B106: a new runtime is open and evaluates', () => {
    const runtime = make();
    expect(runtime).toBeInstanceOf(Runtime);
    expect(runtime.closed).toBe(false);
    expect(runtime.state).toBe('open');
    expect(runtime.terminationReason).toBeUndefined();
    expect(runtime.eval('2 + 2')).toBe(4);
  });

  it('F020: create() makes one off the event loop', async () => {
    const runtime = await create({ name: 'made apart', bootstrap: 'var ready = true' });
    expect(runtime).toBeInstanceOf(Runtime);
    expect(runtime.name).toBe('made apart');
    expect(runtime.eval('ready')).toBe(true);
  });

  it('B094, B095, B105, B108: the bootstrap runs before anything else, in its own runtime only', () => {
    const one = make({ bootstrap: 'globalThis.one = 1' });
    const two = make({ bootstrap: { code: 'globalThis.two = 2', filename: 'two.js' } });
    expect(one.eval('[one, typeof two]')).toEqual([1, 'undefined']);
    expect(two.eval('[typeof one, two]')).toEqual(['undefined', 2]);
  });

  it.each(['new', 'create'])('a bootstrap that throws makes no runtime (%s)', async (how) => {
    const options = { bootstrap: { code: '\nthrow new TypeError("no start")', filename: 'start.js' } };
    const error = await failure(() => (how === 'new' ? new Runtime(options) : Runtime.create(options)));
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toMatchObject({ name: 'TypeError', message: 'no start' });
    expect(error.stack).toContain('start.js:2');
  });

  it.each(['new', 'create'])('F012: a bootstrap that never ends is stopped by the timeout (%s)', async (how) => {
    const options = { bootstrap: 'for (;;);', timeout: 50 };
    const error = await failure(() => (how === 'new' ? new Runtime(options) : Runtime.create(options)));
    expect(error).toBeInstanceOf(TimeoutError);
  });

  it('bad options make no runtime, thrown by new and rejected by create', async () => {
    expect(() => new Runtime({ timeout: -1 })).toThrow(RangeError);
    await expect(Runtime.create({ timeout: -1 })).rejects.toThrow(RangeError);
    expect(() => new Runtime({ snapshot: 'x' as never })).toThrow(TypeError);
    await expect(Runtime.create({ snapshot: {} as never })).rejects.toThrow(TypeError);
  });

  it('B034, B035: runtimes do not share globals', () => {
    const [a, b] = [make(), make()];
    a.eval('var x = 1');
    b.eval('var x = 2');
    expect([a.eval('x'), b.eval('x')]).toEqual([1, 2]);
  });

  it('the smallest heap works', () => {
    expect(make({ maxHeapSize: 4 * 1024 * 1024 }).eval('[1, 2, 3].map((n) => n * 2).join()')).toBe('2,4,6');
  });
});

describe('closing', () => {
  it('B016, B017: close() closes, twice is fine', () => {
    const runtime = make();
    runtime.close();
    runtime.close();
    expect(runtime.closed).toBe(true);
    expect(runtime.state).toBe('closed');
  });

  it('B018, B088: calls after close fail with RuntimeClosedError', async () => {
    const runtime = make();
    runtime.close();
    expect(() => runtime.eval('1')).toThrow(RuntimeClosedError);
    expect(() => runtime.eval('1')).toThrow(/closed/i);
    await expect(runtime.evalAsync('1')).rejects.toThrow(RuntimeClosedError);
  });

  it("emits 'close' once", async () => {
    const runtime = make();
    let closed = 0;
    runtime.on('close', () => closed++);
    runtime.close();
    await runtime.closeAsync();
    expect(closed).toBe(1);
  });

  it('F022: close() stops a busy guest at once and rejects what is pending', async () => {
    const runtime = make();
    const busy = runtime.evalAsync('for (;;);');
    const waiting = runtime.evalAsync('new Promise(() => {})');
    const outcome = Promise.allSettled([busy, waiting]);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const start = performance.now();
    runtime.close();
    expect(performance.now() - start).toBeLessThan(1000);
    for (const result of await outcome) {
      expect(result).toMatchObject({ status: 'rejected' });
      expect((result as PromiseRejectedResult).reason).toBeInstanceOf(RuntimeClosedError);
    }
  });

  it('B023, B024, B025: using closes, also when the body throws', () => {
    let kept: Runtime | undefined;
    {
      using runtime = new Runtime();
      kept = runtime;
      expect(runtime.eval('5 * 5')).toBe(25);
      expect(runtime.closed).toBe(false);
    }
    expect(kept.closed).toBe(true);
    expect(() => {
      using runtime = new Runtime();
      kept = runtime;
      throw new Error('host');
    }).toThrow('host');
    expect(kept.closed).toBe(true);
  });

  it('await using closes and waits', async () => {
    let kept: Runtime | undefined;
    {
      await using runtime = await Runtime.create();
      kept = runtime;
    }
    expect(kept.state).toBe('closed');
  });

  it('a host function may close its own runtime', async () => {
    const runtime = make();
    runtime.bindFunction('close', () => runtime.close());
    const error = await failure(() => runtime.eval('close(); for (;;);'));
    expect(error).toBeInstanceOf(RuntimeClosedError);
  });
});

describe('closeAsync', () => {
  it('drain waits for pending calls and refuses new ones', async () => {
    const runtime = make();
    let open: (value: string) => void = () => {};
    runtime.bindFunction('gate', () => new Promise((resolve) => (open = resolve)));
    const pending = runtime.evalAsync('gate()');
    await until(() => runtime.getStats().activeHostCalls === 1, 'the host call');
    const closed = runtime.closeAsync({ drain: true });
    expect(runtime.state).toBe('closing');
    expect(runtime.closed).toBe(false);
    expect(() => runtime.eval('1')).toThrow(RuntimeClosedError);
    await expect(runtime.evalAsync('1')).rejects.toThrow(/closing/);
    open('done');
    expect(await pending).toBe('done');
    await closed;
    expect(runtime.state).toBe('closed');
  });

  it('while draining, pending work may call back', async () => {
    const runtime = make();
    runtime.bindFunction('work', async (callback: () => unknown) => {
      await new Promise((resolve) => setTimeout(resolve, 30));
      return callback();
    });
    runtime.bindFunction('nested', () => runtime.eval('6 * 7'));
    const pending = runtime.evalAsync('work(() => nested())');
    await until(() => runtime.getStats().activeHostCalls === 1, 'the host call');
    const closed = runtime.closeAsync({ drain: true });
    expect(await pending).toBe(42);
    await closed;
  });

  it('after the timeout what is pending is stopped', async () => {
    const runtime = make();
    const pending = failure(() => runtime.evalAsync('new Promise(() => {})'));
    const start = performance.now();
    await runtime.closeAsync({ drain: true, timeout: 50 });
    expect(performance.now() - start).toBeGreaterThan(40);
    expect(await pending).toBeInstanceOf(RuntimeClosedError);
  });

  it('draining delivers what the turn of the last call reports after its answer', async () => {
    const runtime = make({ maxTimers: 1 });
    const rejections: string[] = [];
    runtime.on('unhandledRejection', (error) => rejections.push(error.message));
    // Answered by the first microtask behind the timer; the rejection comes from a later one of the same turn.
    const later = `
      const end = Date.now() + 120;
      new Promise((resolve) => setTimeout(resolve, 1, 5)).then((value) => {
        Promise.resolve().then(() => {}).then(() => {}).then(() => {}).then(() => {
          while (Date.now() < end);
          Promise.reject(new Error('late'));
        });
        return value;
      })`;
    expect(await runtime.evalAsync(later)).toBe(5);
    await runtime.closeAsync({ drain: true });
    expect(rejections).toEqual(['late']);
  });

  it('what a script leaves rejected is reported before its value', async () => {
    const runtime = make();
    const order: unknown[] = [];
    runtime.on('unhandledRejection', (error) => order.push(error.message));
    order.push(await runtime.evalAsync('Promise.reject(new Error("late")); 5'));
    order.push(await runtime.evalAsync('Promise.reject(new Error("later")); Promise.resolve(6)'));
    expect(order).toEqual(['late', 5, 'later', 6]);
  });

  it('drains nothing on a terminated runtime', async () => {
    const runtime = make();
    runtime.terminate();
    await runtime.closeAsync({ drain: true });
    expect(runtime.state).toBe('closed');
  });

  it('several at once all resolve', async () => {
    const runtime = make();
    const pending = runtime.evalAsync('1 + 1');
    await Promise.all([runtime.closeAsync({ drain: true }), runtime.closeAsync({ drain: true, timeout: 1000 })]);
    expect(await pending).toBe(2);
  });

  it('refuses bad options as a rejection', async () => {
    const runtime = make();
    await expect(runtime.closeAsync({ drain: 'yes' as never })).rejects.toThrow(TypeError);
    await expect(runtime.closeAsync({ timeout: 0 })).rejects.toThrow(RangeError);
    await expect(runtime.closeAsync({ drian: true } as never)).rejects.toThrow(/'drain'/);
    expect(runtime.closed).toBe(false);
  });
});

describe('terminate', () => {
  it('B026 to B029: ends an endless async call, with the reason, for good', async () => {
    const runtime = make();
    setTimeout(() => runtime.terminate(), 50);
    const error = await failure(() => runtime.evalAsync('for (;;);'));
    expect(error).toBeInstanceOf(RuntimeTerminatedError);
    expect(error).toMatchObject({ reason: 'host request', code: 'ERR_ISOLET_TERMINATED' });
    expect(error.message).toContain('host request');
    expect(runtime.closed).toBe(true);
    expect(runtime.state).toBe('terminated');
    expect(runtime.terminationReason).toBe('host request');
    expect(() => runtime.eval('1')).toThrow(/host request/);
    runtime.close();
    expect(runtime.state).toBe('closed');
    expect(() => runtime.eval('1')).toThrow(RuntimeClosedError);
  });

  it('B030, B031: on an idle runtime, several times', async () => {
    const runtime = make();
    runtime.terminate('first');
    runtime.terminate('second');
    expect(runtime.closed).toBe(true);
    await expect(runtime.evalAsync('1')).rejects.toThrow(/first/);
    expect(runtime.terminationReason).toBe('first');
  });

  it("emits 'terminated' once", async () => {
    const runtime = make();
    const reasons: string[] = [];
    runtime.on('terminated', (reason) => reasons.push(reason));
    runtime.terminate('enough');
    runtime.terminate('again');
    await runtime.closeAsync();
    expect(reasons).toEqual(['enough']);
  });

  it('works from a host function, in a synchronous call', async () => {
    const runtime = make();
    runtime.bindFunction('stop', () => runtime.terminate('from inside'));
    const error = await failure(() => runtime.eval('stop(); for (;;);'));
    expect(error).toMatchObject({ reason: 'from inside' });
  });

  it('after close it does nothing', () => {
    const runtime = make();
    runtime.close();
    runtime.terminate();
    expect(runtime.state).toBe('closed');
    expect(() => runtime.terminate(5 as never)).toThrow(TypeError);
  });
});

describe('inspect', () => {
  it('shows name, state and pending calls, and nothing inside', () => {
    const runtime = make({ name: 'shown' });
    expect(inspect(runtime)).toBe("Runtime 'shown' { state: 'open', pendingCalls: 0 }");
    expect(inspect({ runtime }, { colors: true })).toContain('shown');
    runtime.close();
    expect(inspect(runtime)).toContain("'closed'");
  });
});
