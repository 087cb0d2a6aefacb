import { type JsFunction, Runtime, TransferError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

describe('an object of the web is known by what it is inside', () => {
  it('in the guest, whatever was done to its prototype and class', async () => {
    const runtime = runtimes.make({ web: true });
    const [blob, request, url] = runtime.eval<[Blob, Request, URL]>(`(() => {
      const blob = Object.setPrototypeOf(new Blob(['x'], { type: 'a/b' }), class Other {}.prototype);
      const request = new Request('https://example.com/');
      for (const key of ['method', 'url', 'headers']) Object.defineProperty(Request.prototype, key, { get() { throw 1; } });
      Object.defineProperty(request, 'method', { get() { globalThis.ran = true; return 'EVIL'; }, enumerable: true });
      const url = new URL('https://example.com/');
      Object.defineProperty(URL.prototype, Symbol.toStringTag, { get() { globalThis.ran = true; } });
      URL = Request = undefined;
      return [blob, request, url];
    })()`);
    expect(blob).toBeInstanceOf(Blob);
    expect(await blob.text()).toBe('x');
    expect(request).toBeInstanceOf(Request);
    expect(request.method).toBe('GET');
    expect(url.href).toBe('https://example.com/');
    expect(runtime.eval('globalThis.ran')).toBeUndefined();
  });

  it('what only looks like one is data', async () => {
    const runtime = runtimes.make({ web: true });
    const fakes = runtime.eval<object[]>(
      `[Blob, File, Headers, Response, FormData, AbortSignal].map((C) => Object.defineProperty(Object.assign(Object.create(C.prototype), { a: 1 }), Symbol.toStringTag, { value: C.name }))`,
    );
    for (const fake of fakes) expect([Object.getPrototypeOf(fake), fake]).toEqual([Object.prototype, { a: 1 }]);
    const seen = runtime.eval<JsFunction>(
      '(list) => list.map((it) => Object.getPrototypeOf(it) === Object.prototype && it.a).join()',
    );
    const classes = [Blob, File, Headers, Response, Request, FormData, AbortSignal, URLSearchParams];
    expect(seen(classes.map((C) => Object.assign(Object.create(C.prototype), { a: 1 })))).toBe(
      classes.map(() => 1).join(),
    );
    class Headers2 {
      a = 1;
      get [Symbol.toStringTag]() {
        return 'Headers';
      }
    }
    expect(seen([new Headers2()])).toBe('1');
    expect(await failure(() => seen([new Proxy(new Headers(), {})]))).toBeInstanceOf(TransferError);
  });

  it('instances of classes that extend them cross as the class of the web', () => {
    const runtime = runtimes.make({ web: true });
    const mine = runtime.eval<Headers>("new (class Mine extends Headers { x = 1 })({ a: 'b' })");
    expect([Object.getPrototypeOf(mine) === Headers.prototype, [...mine]]).toEqual([true, [['a', 'b']]]);
    class Mine extends Headers {}
    const check = runtime.eval<JsFunction>('(it) => Object.getPrototypeOf(it) === Headers.prototype && it.get("a")');
    expect(check(new Mine({ a: 'b' }))).toBe('b');
  });
});

describe('a guest without the web', () => {
  it('gets none of its objects, and is told so', async () => {
    const runtime = runtimes.make({ streams: true });
    const bare = runtimes.make();
    const values = [
      new Headers(),
      new Blob([]),
      new File([], 'x'),
      new FormData(),
      new AbortController().signal,
      new Request('https://example.com/'),
      new Response(''),
    ];
    for (const value of values) {
      for (const guest of [runtime, bare]) {
        const error = await failure(() => guest.bindObject('it', { value }));
        expect(error).toBeInstanceOf(TransferError);
        expect(error.message).toContain(`${value.constructor.name} for a guest without the option 'web'`);
        expect(error['path']).toBe('value.value');
      }
    }
  });

  it('gets addresses as data, as instances of any class, and classes of that name as well', () => {
    using runtime = new Runtime();
    class Response {
      status = 'mine';
    }
    runtime.bindObject('it', { url: new URL('https://example.com/'), response: new Response() });
    expect(runtime.eval("typeof it.url + ' ' + it.response.status")).toBe('object mine');
  });
});
