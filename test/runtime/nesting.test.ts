import { CapacityError, JavaScriptError, type JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const tooDeep = expect.objectContaining({
  name: 'CapacityError',
  code: 'ERR_ISOLET_CAPACITY',
  limit: expect.any(Number),
  message: expect.stringContaining('levels deep'),
});

describe.each(['guarded', 'inPlace'] as const)('host and guest that call each other without end, %s', (syncCalls) => {
  it('end with a CapacityError, however often it went through the guest on its way out', async () => {
    const runtime = make({ syncCalls });
    const seen: unknown[] = [];
    runtime.bindFunction('again', (f: JsFunction) => {
      try {
        return f();
      } catch (error) {
        seen.push(error);
        throw error;
      }
    });
    const error = await failure(() => runtime.eval('function f() { return again(f) } f()'));
    expect(error).toBeInstanceOf(CapacityError);
    expect(error).toEqual(tooDeep);
    expect(seen.length).toBeGreaterThan(10);
    expect(new Set(seen)).toEqual(new Set([error]));
  });

  it('also when the host began, by eval, and with two runtimes', async () => {
    const runtime = make({ syncCalls });
    const call = runtime.eval<JsFunction>('(f) => f()');
    const nest = (): unknown => call(nest);
    expect(await failure(nest)).toEqual(tooDeep);

    runtime.bindFunction('more', () => runtime.eval('more()'));
    expect(await failure(() => runtime.eval('more()'))).toEqual(tooDeep);

    const other = make({ syncCalls });
    other.bindFunction('there', () => runtime.eval('back()'));
    runtime.bindFunction('back', () => other.eval('there()'));
    expect(await failure(() => runtime.eval('back()'))).toEqual(tooDeep);
  });

  it('also in an asynchronous call', async () => {
    const runtime = make({ syncCalls });
    runtime.bindFunction('again', (f: JsFunction) => f());
    const error = await runtime.evalAsync('function f() { return again(f) } f()').catch((reason) => reason);
    expect(error).toEqual(tooDeep);
  });

  it('the guest may catch it; what it throws later is its own', async () => {
    const runtime = make({ syncCalls });
    runtime.bindFunction('again', (f: JsFunction) => f());
    expect(
      runtime.eval('function f() { try { return again(f) } catch (e) { kept ??= e; return e.code } } var kept; f()'),
    ).toBe('ERR_ISOLET_CAPACITY');
    const error = await failure(() => runtime.eval('throw kept'));
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).not.toBeInstanceOf(CapacityError);
    expect(error.cause).toEqual(tooDeep);
  });
});

it('an error of another runtime that crosses is a guest error with that cause', async () => {
  const inner = make();
  const outer = make();
  outer.bindFunction('run', () => inner.eval('for (;;);', { timeout: 20 }));
  expect(await failure(() => outer.eval('run()'))).toMatchObject({
    code: 'ERR_ISOLET_JAVASCRIPT',
    cause: { code: 'ERR_ISOLET_TIMEOUT' },
  });
});
