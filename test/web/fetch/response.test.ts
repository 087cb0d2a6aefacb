import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

describe('Response', () => {
  test('is made of every kind of body', () =>
    sameAsNode(`
      const form = new URLSearchParams({ a: '1 2', b: 'ü' });
      const bodies = ['text ü \\ud800', new Uint8Array([1, 2, 3]).buffer, new Uint8Array([9, 1, 2, 9]).subarray(1, 3),
        new DataView(new ArrayBuffer(2)), new Blob(['ab', 'c'], { type: 'Text/X' }), form, null, undefined, 42, { a: 1 },
        new ReadableStream({ start(c) { c.enqueue(new Uint8Array([7])); c.close(); } })];
      const seen = [];
      for (const body of bodies) {
        const response = new Response(body);
        seen.push(response.headers.get('content-type'), response.body === null, await bytes(response), response.bodyUsed);
      }
      return seen;
    `));

  test('says what it was made with, and refuses what it can not be', () =>
    sameAsNode(`
      const show = ({ status, statusText, ok, type, url, redirected }) => [status, statusText, ok, type, url, redirected];
      const seen = [show(new Response()), show(new Response('x', { status: 404, statusText: 'Nö' })), show(Response.error()),
        show(Response.redirect('https://a.test/x y', 301)), show(Response.json({ a: [1, 'ü'] }, { status: 201 })),
        await Response.json({ a: [1, 'ü'] }).text(), Response.json(1).headers.get('content-type'),
        Response.json(1, { headers: { 'content-type': 'x/y' } }).headers.get('content-type')];
      for (const init of [{ status: 199 }, { status: 600 }, { status: 'x' }, { statusText: 'a\\nb' }, { statusText: 'Ā' }, 1, 'x',
        { status: 65536 + 200 }, { headers: 1 }]) seen.push(await thrown(() => new Response('', init)));
      for (const status of [101, 204, 205, 304]) seen.push(await thrown(() => new Response('x', { status })), await thrown(() => new Response(null, { status })));
      for (const status of [200, 300, 309, 0]) seen.push(await thrown(() => Response.redirect('https://a.test/', status)));
      seen.push(await thrown(() => Response.redirect('no url')), await thrown(() => Response.json(undefined)),
        await thrown(() => Response.json(() => {})), await thrown(() => Response.json(10n)), await thrown(() => Response.json()));
      return seen;
    `));

  test('reads its body once, by every method', () =>
    sameAsNode(`
      const seen = [];
      for (const method of ['text', 'json', 'arrayBuffer', 'bytes', 'blob', 'formData']) {
        if (!Response.prototype[method]) { seen.push('missing'); continue; }
        for (const body of ['{"a":1}', 'a=1&b=2', null]) {
          const response = new Response(body, { headers: { 'content-type': 'application/x-www-form-urlencoded' } });
          const first = await response[method]().catch((error) => error.name);
          seen.push(typeof first === 'string' ? first : first?.constructor?.name, response.bodyUsed);
          seen.push(await rejects(response[method]()), response.body?.locked);
        }
      }
      return seen;
    `));

  test('strips a byte order mark from text, and makes of bytes that are no UTF-8 what Node makes', () =>
    sameAsNode(`
      const bodies = ['\\ufeffx', new Uint8Array([0xef, 0xbb, 0xbf, 65]), new Uint8Array([0xff, 0xc3, 65, 0xed, 0xa0, 0x80])];
      return Promise.all(bodies.map((body) => new Response(body).text()));
    `));

  test('a body that is read, locked or cancelled says so', () =>
    sameAsNode(`
      const seen = [];
      const make = () => new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array(3)); c.close(); } }));
      const locked = make();
      const reader = locked.body.getReader();
      seen.push(locked.bodyUsed, await rejects(locked.text()), await thrown(() => locked.clone()));
      reader.releaseLock();
      seen.push(locked.bodyUsed, (await locked.text()).length, locked.bodyUsed);
      const cancelled = make();
      await cancelled.body.cancel();
      seen.push(cancelled.bodyUsed, await rejects(cancelled.text()));
      const read = make();
      await read.body.getReader().read();
      seen.push(read.bodyUsed, await rejects(read.arrayBuffer()), await thrown(() => read.clone()), await thrown(() => new Response(read.body)));
      const used = new Response('text');
      await used.text();
      seen.push(used.body.locked, await thrown(() => used.body.getReader()));
      return seen;
    `));

  test('the stream of a body is a byte stream', async () => {
    const seen = await inGuest(`
      const seen = [];
      for (const body of ['hello', new Uint8Array([104, 101, 108, 108, 111]), new Blob(['hel', 'lo'])]) {
        const reader = new Response(body).body.getReader({ mode: 'byob' });
        const parts = [];
        for (;;) {
          const { done, value } = await reader.read(new Uint8Array(2));
          if (done) break;
          parts.push(String.fromCharCode(...value));
        }
        seen.push(parts.join('|'));
      }
      return seen;
    `);
    expect(seen).toEqual(['he|ll|o', 'he|ll|o', 'he|ll|o']);
  });

  test('a long body comes in pieces, made when they are asked for', async () => {
    const seen = await inGuest<number[]>(`
      const reader = new Response(new Uint8Array(200_000)).body.getReader();
      const sizes = [];
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return sizes;
        sizes.push(value.byteLength);
      }
    `);
    expect(seen).toEqual([65536, 65536, 65536, 3392]);
  });

  test('clones have the same body, each its own', () =>
    sameAsNode(`
      const seen = [];
      const one = new Response('abc', { status: 201, headers: { a: 'b' } });
      const two = one.clone();
      two.headers.set('a', 'c');
      seen.push(await one.text(), await two.text(), two.status, one.headers.get('a'));
      let pulls = 0;
      const streamed = new Response(new ReadableStream({ pull(c) { c.enqueue(new Uint8Array([++pulls])); if (pulls === 3) c.close(); } }));
      const copy = streamed.clone();
      seen.push(await bytes(streamed), await bytes(copy), pulls);
      const buffer = new Uint8Array([1, 2, 3]);
      const first = new Response(buffer);
      buffer[0] = 9;
      const second = first.clone();
      const left = new Uint8Array(await first.arrayBuffer());
      left[0] = 7;
      seen.push(await bytes(second));
      return seen;
    `));

  test('a chunk that is no bytes, and a stream that fails, fail what reads the body', () =>
    sameAsNode(`
      const seen = [];
      for (const chunk of ['text', 1, null, [1], new Uint16Array(1), new ArrayBuffer(1)]) {
        const body = () => new ReadableStream({ start(c) { c.enqueue(chunk); c.close(); } });
        seen.push(await rejects(new Response(body()).text()), await rejects(new Response(body()).arrayBuffer()));
      }
      seen.push(await rejects(new Response(new ReadableStream({ start(c) { c.error(new RangeError('mine')); } })).text()));
      seen.push(await rejects(new Response(new ReadableStream({ pull() { throw 'odd'; } })).json()));
      return seen;
    `));

  test('guest code can not get between a body and who reads it', async () => {
    const seen = await inGuest(`
      await new Response(new Blob(['x'])).body.cancel();
      Object.defineProperty(Object.prototype, 'then', { configurable: true, get() { throw new Error('got between'); } });
      ReadableStream.prototype.getReader = () => { throw new Error('called'); };
      const stream = new ReadableStream({ start(c) { c.enqueue(new Uint8Array([104, 105])); c.close(); } });
      const texts = [];
      const all = [new Response('ho'), new Response(stream), new Response(new Blob(['hu']))].map((response) =>
        response.text().then((text) => { texts.push(text); }));
      for (const one of all) await one;
      delete Object.prototype.then;
      return texts.sort();
    `);
    expect(seen).toEqual(['hi', 'ho', 'hu']);
  });
});
