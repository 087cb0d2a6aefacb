import { JavaScriptError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

describe('a DOMException that crosses', () => {
  it('is the value that a guest threw', async () => {
    const runtime = runtimes.make({ web: true });
    const thrown = await failure(() => runtime.eval("throw new DOMException('not here', 'NotFoundError')"));
    expect(thrown).toBeInstanceOf(JavaScriptError);
    expect(thrown).toMatchObject({ name: 'NotFoundError', message: 'not here' });
    expect(thrown['thrown']).toBeInstanceOf(DOMException);
    expect(thrown['thrown']).toMatchObject({ name: 'NotFoundError', message: 'not here', code: 8 });
    const rejected = await failure(() => runtime.evalAsync("fetch('about:x').catch(() => atob('%'))"));
    expect(rejected['thrown']).toBeInstanceOf(DOMException);
  });

  it('is a cause of another error, and one of several', () => {
    const runtime = runtimes.make({ web: true });
    const error = runtime.eval<Error>(
      "new TypeError('outer', { cause: new AggregateError([new DOMException('in', 'DataError')]) })",
    );
    expect((error.cause as AggregateError).errors[0]).toBeInstanceOf(DOMException);
  });

  it('keeps its stack on the way to the host, its cause and its properties', () => {
    const runtime = runtimes.make({ web: true });
    const error = runtime.eval<DOMException & { cause: Error; extra: unknown }>(
      `Object.assign(Object.defineProperty(new DOMException('m', 'DataError'), 'cause', { value: new RangeError('why') }), { extra: [1] })`,
      { filename: 'guest.js' },
    );
    expect(error).toBeInstanceOf(DOMException);
    expect(error.stack).toContain('guest.js');
    expect(error.cause).toBeInstanceOf(RangeError);
    expect(error.extra).toEqual([1]);
    expect(Object.keys(error)).toEqual(['extra']);
  });

  it('leaves out what can not cross, itself among it', () => {
    const runtime = runtimes.make({ web: true });
    const error = runtime.eval<DOMException>(
      "(() => { const e = new DOMException('m', 'DataError'); e.self = e; e.symbol = Symbol(); e.n = 1; return e; })()",
    );
    expect(error).toBeInstanceOf(DOMException);
    expect(Object.entries(error)).toEqual([['n', 1]]);
  });

  it('is what a host function threw, and the very object when it comes out again', async () => {
    const runtime = runtimes.make({ web: true });
    const thrown = new DOMException('of the host', 'QuotaExceededError');
    runtime.bindFunction('fail', () => {
      throw thrown;
    });
    expect(
      runtime.eval(
        'try { fail() } catch (e) { [e instanceof DOMException, e instanceof Error, e.name, e.message, e.code, Object.keys(e).length, e.stack.includes("node:")].join() }',
      ),
    ).toBe('true,true,QuotaExceededError,of the host,22,0,false');
    const error = await failure(() => runtime.evalAsync('(async () => { fail() })()'));
    expect(error['thrown']).toBe(thrown);
    expect(error.cause).toBe(thrown);
  });

  it('is an Error in a guest without the web, as it always was', () => {
    const runtime = runtimes.make();
    const seen = runtime.eval<(error: unknown) => unknown>(
      '(e) => [Object.getPrototypeOf(e) === Error.prototype, e.name, e.message, e.code].join()',
    );
    expect(seen(new DOMException('m', 'AbortError'))).toBe('true,AbortError,m,20');
  });

  it('a QuotaExceededError arrives with its name', () => {
    const runtime = runtimes.make({ web: true });
    const error = runtime.eval<DOMException>("new QuotaExceededError('full', { quota: 1, requested: 2 })");
    expect(error).toBeInstanceOf(DOMException);
    expect(error).toMatchObject({ name: 'QuotaExceededError', message: 'full', code: 22 });
  });
});
