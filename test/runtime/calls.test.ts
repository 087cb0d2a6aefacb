import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { RuntimeTerminatedError } from '../../lib/errors/limit-errors.ts';
import type { NativeRuntime } from '../../lib/native.ts';
import { withCallContext } from '../../lib/runtime/call-context.ts';
import { Calls } from '../../lib/runtime/calls.ts';

/** Only what Calls uses of the engine; the rest of it is tested with the real one. */
function fakeNative(): NativeRuntime & { cancel: ReturnType<typeof vi.fn> } {
  return { cancel: vi.fn(() => true) } as never;
}

describe('Calls', () => {
  it('F030: an aborted signal starts nothing', async () => {
    const calls = new Calls();
    const call = vi.fn();
    const signal = AbortSignal.abort('why');
    await expect(calls.start(fakeNative(), signal, call)).rejects.toBe('why');
    expect(() => calls.run(fakeNative(), signal, call)).toThrow('why');
    expect(call).not.toHaveBeenCalled();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('an abort cancels the call once, rejects with the reason and leaves no listener', async () => {
    const calls = new Calls();
    const native = fakeNative();
    const controller = new AbortController();
    const result = calls.start(native, controller.signal, () => {});
    expect(calls.pending).toBe(1);
    controller.abort(new Error('stop'));
    await expect(result).rejects.toThrow('stop');
    expect(native.cancel).toHaveBeenCalledExactlyOnceWith(1, false);
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
    expect(calls.pending).toBe(1);
    calls.settled([1, 'late'], true);
    await calls.whenIdle();
    expect(calls.pending).toBe(0);
  });

  it.each(['resolved', 'rejected'])('no listener is left when the call is %s', async (outcome) => {
    const calls = new Calls();
    const { signal } = new AbortController();
    const result = calls.start(fakeNative(), signal, () => {});
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    if (outcome === 'rejected') calls.failed(1, new Error('x'));
    else calls.settled([1, 'x'], true);
    await result.catch(() => {});
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('an abort while the call starts is not missed', async () => {
    const controller = new AbortController();
    const native = fakeNative();
    const result = new Calls().start(native, controller.signal, () => {
      controller.abort('early');
    });
    await expect(result).rejects.toBe('early');
    expect(native.cancel).toHaveBeenCalledOnce();
  });

  it('what fails before the call starts is a rejection, and nothing is pending', async () => {
    const calls = new Calls();
    const result = withCallContext('ctx', () =>
      calls.start(fakeNative(), undefined, () => {
        throw new Error('arguments');
      }),
    );
    await expect(result).rejects.toThrow('arguments');
    expect(calls.pending).toBe(0);
    expect(calls.of(1).pending).toBe(false);
  });

  it('a call that has settled still says whose it was, and is forgotten when others have come', async () => {
    const calls = new Calls();
    const start = (context: string): Promise<unknown> =>
      withCallContext(context, () => calls.start(fakeNative(), undefined, () => {}));
    const [first, second] = [start('first'), start('second')];
    expect([calls.of(1).context, calls.of(2).context, calls.of(3).context]).toEqual(['first', 'second', undefined]);
    calls.settled([1, null], true);
    await first;
    expect([calls.of(1), calls.of(2)]).toMatchObject([
      { context: 'first', pending: false },
      { context: 'second', pending: true },
    ]);
    calls.settled([2, null], true);
    await second;
    for (let i = 0; i < 20; i++) {
      const value = calls.start(fakeNative(), undefined, () => {});
      calls.settled([i + 3, i], true);
      expect(await value).toBe(i);
    }
    expect([calls.of(1).context, calls.of(2).context]).toEqual([undefined, undefined]);
  });

  it('drains wait for all that settle in one turn, and ids that are not known are none of its business', async () => {
    const calls = new Calls();
    const values = [1, 2, 3].map(() => calls.start(fakeNative(), undefined, () => {}));
    let idle = false;
    void calls.whenIdle().then(() => {
      idle = true;
    });
    calls.settled([1, 'one', 2, 'two', 99, 'other'], false);
    calls.settled([2, 'again'], false);
    expect([calls.pending, calls.of(1).pending]).toEqual([3, true]);
    calls.settled([], true);
    await null;
    expect([calls.pending, idle]).toEqual([1, false]);
    calls.settled([3, undefined], true);
    await null;
    await null;
    expect([calls.pending, idle]).toEqual([0, true]);
    expect(await Promise.all(values)).toEqual(['one', 'two', undefined]);
  });

  it('a failure is told to the owner in the asynchronous context of the caller, and rejects once', async () => {
    const storage = new AsyncLocalStorage<string>();
    const told: unknown[] = [];
    const calls = new Calls({
      runtime: undefined,
      callStopped: (id, reason) => told.push([id, reason, storage.getStore()]),
    });
    const value = storage.run('caller', () => calls.start(fakeNative(), undefined, () => {}));
    const error = new RuntimeTerminatedError('why');
    calls.failed(1, error);
    expect(calls.pending).toBe(0);
    await expect(value).rejects.toBe(error);
    calls.failed(1, error);
    expect(told).toEqual([[1, error, 'caller']]);
  });

  it('an owner that throws at a stop does not keep the promise from its end', async () => {
    const calls = new Calls({
      runtime: undefined,
      callStopped: () => {
        throw new Error('owner');
      },
    });
    const value = calls.start(fakeNative(), undefined, () => {});
    expect(() => calls.failed(1, new RuntimeTerminatedError('why'))).toThrow('owner');
    await expect(value).rejects.toThrow('why');
  });

  it('a synchronous call keeps its context while it runs', () => {
    const calls = new Calls();
    const seen = withCallContext('ctx', () => calls.run(fakeNative(), undefined, (id) => calls.of(id).context));
    expect(seen).toBe('ctx');
    expect(calls.of(1).context).toBeUndefined();
  });
});
