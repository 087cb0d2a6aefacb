import { Runtime } from 'isolet';
import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

/** A response that gives one chunk and then nothing. */
const endless = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('first'));
      },
    }),
  );

describe('bodies of answers', () => {
  for (const method of ['arrayBuffer', 'blob', 'bytes', 'formData', 'json', 'text']) {
    test(`an abort ends ${method}() with its reason, and throws nothing itself`, async () => {
      const unhandled: unknown[] = [];
      using runtime = new Runtime({ web: { fetch: endless } });
      runtime.on('unhandledRejection', (error) => unhandled.push(error));
      const seen = await runtime.evalAsync(`(async () => {
        const controller = new AbortController();
        const response = await fetch('https://a.test/', { signal: controller.signal });
        const reading = response.${method}();
        await new Promise((resolve) => setTimeout(resolve, 5));
        let thrown = 'nothing';
        try { controller.abort(); } catch (error) { thrown = error.message; }
        return [thrown, await reading.catch((error) => error.name)];
      })()`);
      expect(seen).toEqual(['nothing', 'AbortError']);
      expect(unhandled).toEqual([]);
    });
  }

  test('an aborted body rejects before the next microtask that was queued after it', async () => {
    const seen = await inGuest(
      `
      const controller = new AbortController();
      const response = await fetch('https://a.test/', { signal: controller.signal });
      const order = [];
      controller.abort();
      const read = response.text().catch(() => order.push('read'));
      queueMicrotask(() => order.push('microtask'));
      await read;
      await new Promise((resolve) => setTimeout(resolve, 1));
      return order;
    `,
      { web: { fetch: endless } },
    );
    expect(seen).toEqual(['read', 'microtask']);
  });

  test('reading something else is a rejection, never an exception', () =>
    sameAsNode(`
      const seen = [];
      for (const name of ['arrayBuffer', 'blob', 'formData', 'json', 'text']) {
        const promise = Response.prototype[name].call({});
        seen.push(promise instanceof Promise, await rejects(promise), Response.prototype[name].name, Response.prototype[name].length);
        seen.push(await thrown(() => new Response.prototype[name]()));
      }
      return seen;
    `));

  test('HEAD of a data: URL has no body', () =>
    sameAsNode(`
      const response = await fetch('data:text/plain,x', { method: 'HEAD' });
      return [response.status, response.headers.get('content-type'), await response.text()];
    `));

  test('what is on Object.prototype when streams are first used is no part of any', async () => {
    const seen = await inGuest(
      `
      for (const name of ['start', 'type', 'size', 'highWaterMark', 'pull']) {
        Object.defineProperty(Object.prototype, name, { get() { throw new Error(name + ' was read'); }, configurable: true });
      }
      const text = await (await fetch('https://a.test/')).text();
      for (const name of ['start', 'type', 'size', 'highWaterMark', 'pull']) delete Object.prototype[name];
      return text;
    `,
      { web: { fetch: () => new Response('whole') } },
    );
    expect(seen).toBe('whole');
  });

  test("the iterators of streams inherit from the language's", () =>
    sameAsNode(`
      const prototype = Object.getPrototypeOf(new ReadableStream().values());
      const ofLanguage = Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}.prototype));
      return [Object.getPrototypeOf(prototype) === ofLanguage, Object.getOwnPropertyNames(prototype).sort()];
    `));
});
