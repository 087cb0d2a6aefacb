import { DeadlockError, type JsFunction } from 'isolet';
import { expect, it } from 'vitest';
import { deferred, failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

it.each([['without a time'], ['with a time']])(
  'a drain awaited in a host function of a pending call fails at once, %s',
  async (kind) => {
    const runtime = make();
    const options = { drain: true, ...(kind === 'with a time' ? { timeout: 60_000 } : {}) };
    runtime.bindFunction('shutDown', async () => runtime.closeAsync(options));
    const { cause: error } = (await failure(() => runtime.evalAsync('shutDown()'))) as { cause?: Error };
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error).toMatchObject({ name: 'DeadlockError', code: 'ERR_ISOLET_DEADLOCK' });
    expect(error?.message).toContain('closeAsync({ drain: true })');
    // Nothing was begun.
    expect(runtime.state).toBe('open');
    expect(await runtime.evalAsync('6 * 7')).toBe(42);
  },
);

it('also through a call of another runtime in between, a module loader and a handle', async () => {
  const runtime = make();
  const other = make();
  other.bindFunction('shutDown', () => runtime.closeAsync({ drain: true }));
  runtime.bindFunction('viaOther', () => other.evalAsync('shutDown()'));
  runtime.setModuleLoader(async () => {
    await runtime.closeAsync({ drain: true });
    return '';
  });
  const viaOther = runtime.eval<JsFunction>('() => viaOther()');
  expect(await failure(() => viaOther.callAsync())).toMatchObject({
    cause: { cause: { code: 'ERR_ISOLET_DEADLOCK' } },
  });
  const error = await failure(() => runtime.evalModuleAsync('app:x'));
  expect(error['cause']).toMatchObject({ code: 'ERR_ISOLET_DEADLOCK' });
});

it('whoever would not wait for itself may drain', async () => {
  const runtime = make();
  const other = make();
  const drained = deferred();
  // Of another runtime.
  runtime.bindFunction('closeOther', () => other.closeAsync({ drain: true }));
  await runtime.evalAsync('closeOther()');
  expect(other.closed).toBe(true);
  // After the function has returned.
  runtime.bindFunction('later', () => {
    setImmediate(() => runtime.closeAsync({ drain: true }).then(drained.resolve, drained.reject));
  });
  expect(await runtime.evalAsync('later(); 1')).toBe(1);
  await drained.promise;
  // In a synchronous call, which nobody waits for.
  const third = make();
  let closing: Promise<void> | undefined;
  third.bindFunction('shutDown', () => {
    closing = third.closeAsync({ drain: true });
  });
  third.eval('shutDown()');
  await closing;
  expect(third.closed).toBe(true);
});

it('without drain the call that asks is stopped', async () => {
  const runtime = make();
  runtime.bindFunction('shutDown', () => runtime.closeAsync());
  expect(await failure(() => runtime.evalAsync('shutDown()'))).toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
  expect(runtime.closed).toBe(true);
});
