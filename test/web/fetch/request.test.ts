import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

const show = `
  const show = (r) => [r.method, r.url, r.mode, r.credentials, r.cache, r.redirect, r.referrer, r.referrerPolicy,
    r.integrity, r.keepalive, r.duplex, r.destination, r.isReloadNavigation, r.isHistoryNavigation, [...r.headers]];
`;

describe('Request', () => {
  test('has what it was made with', () =>
    sameAsNode(`${show}
      const made = new Request('https://a.test:443/p?q#h', { method: 'post', body: 'x', headers: { B: '1', a: '2' }, cache: 'reload',
        credentials: 'omit', integrity: 'sha256-x', keepalive: true, mode: 'same-origin', redirect: 'manual',
        referrer: 'https://b.test/', referrerPolicy: 'origin' });
      return [show(new Request('https://a.test')), show(made), show(made.clone()), show(new Request(new URL('https://u.test/x'))),
        show(new Request('https://a.test/', { referrer: '' })), show(new Request('https://a.test/', { referrer: 'about:client' })),
        show(new Request('https://a.test/', { method: 'pAtCh' })), show(new Request('https://a.test/', { method: 'delete' }))];
    `));

  // Node 24 forgets both, against https://fetch.spec.whatwg.org/#dom-request: they are set anew only if init is not empty.
  test('made of another one without init keeps its referrer and the policy of it', async () => {
    const code = `const made = new Request('https://a.test/', { referrer: 'https://b.test/', referrerPolicy: 'origin' });
      return [new Request(made), new Request(made, { method: 'POST' })].map((it) => [it.referrer, it.referrerPolicy]);`;
    expect(await inGuest(code)).toEqual([
      ['https://b.test/', 'origin'],
      ['about:client', ''],
    ]);
  });

  test('refuses what Node refuses', () =>
    sameAsNode(`
      const seen = [await thrown(() => new Request()), await thrown(() => Request('https://a.test/'))];
      for (const url of ['no url', 'https://u:p@a.test/', 'http://:x', '']) seen.push(await thrown(() => new Request(url)));
      for (const init of [{ method: 'TRACE' }, { method: 'connect' }, { method: 'A B' }, { method: '' }, { body: 'x' }, { method: 'HEAD', body: 'x' },
        { mode: 'navigate' }, { mode: 'x' }, { cache: 'only-if-cached' }, { redirect: 'x' }, { credentials: 'x' }, { cache: 'x' },
        { referrer: 'http://:x' }, { referrerPolicy: 'x' }, { window: 1 }, { window: null }, { signal: {} }, { signal: null },
        { mode: 'no-cors', method: 'PUT' }, { duplex: 'full' }, 1, 'x', null, { method: 'POST', body: new ReadableStream() },
        { method: 'POST', body: new ReadableStream(), duplex: 'half' }, { method: 'POST', body: Symbol() }, { headers: null }])
        seen.push(await thrown(() => new Request('https://a.test/', init)));
      return seen;
    `));

  test('takes over the body of another request, which is read then', () =>
    sameAsNode(`
      const seen = [];
      const streamed = () => new ReadableStream({ start(c) { c.enqueue(new Uint8Array([65, 66])); c.close(); } });
      for (const body of ['AB', new Uint8Array([65, 66]), new Blob(['AB']), streamed()]) {
        const first = new Request('https://a.test/', { method: 'POST', body, duplex: 'half' });
        const copy = first.clone();
        const second = new Request(first, { headers: { a: 'b' } });
        seen.push(first.bodyUsed, await rejects(first.text()), await thrown(() => new Request(first)), await thrown(() => first.clone()));
        seen.push(await second.text(), await copy.text(), second.method, second.headers.get('a'));
      }
      return seen;
    `));

  test('gives its body the content type that goes with it, unless there is one', () =>
    sameAsNode(`
      const type = (body, headers) => new Request('https://a.test/', { method: 'POST', body, headers }).headers.get('content-type')?.split(';')[0];
      return [type('x'), type(new URLSearchParams('a=b')), type(new FormData()), type(new Blob([], { type: 'a/b' })), type(new Blob([])),
        type(new Uint8Array(1)), type('x', { 'Content-Type': 'mine/x' })];
    `));

  test('reads forms as Node does', () =>
    sameAsNode(`
      const show = async (body, type) => {
        const request = new Request('https://a.test/', { method: 'POST', body, headers: { 'content-type': type } });
        const form = await request.formData().catch((error) => error.name);
        if (typeof form === 'string') return form;
        const entries = [];
        for (const [name, value] of form) entries.push([name, typeof value === 'string' ? value : [value.name, value.type, await value.text()]]);
        return entries;
      };
      const part = (head, content) => '--b\\r\\nContent-Disposition: form-data; ' + head + '\\r\\n\\r\\n' + content + '\\r\\n';
      const type = 'multipart/form-data; boundary=b';
      return [
        await show(part('name="a"', '1') + part('name="f"; filename="x.txt"\\r\\nContent-Type: text/html', 'ü\\n') + '--b--\\r\\n', type),
        await show(part('name="a%22%0D%0A"', '') + '--b--', type), await show('', type), await show('--b--\\r\\n', type),
        await show(part('name="a"', '1'), type), await show(part('nothing', '1') + '--b--\\r\\n', type),
        await show('a=1&b=%C3%BC&a=+', 'application/x-www-form-urlencoded;charset=utf-8'),
        await show('x', 'multipart/form-data'), await show('x', 'text/plain'),
        await show(part('name="a"; filename=""\\r\\nContent-Type: application/octet-stream', '') + '--b--\\r\\n', type),
      ];
    `));

  test('has relative URLs where the guest has a base', async () => {
    const code = `return [new Request('../x?y').url, Response.redirect('/z').headers.get('location'), new Request('https://b.test').url];`;
    expect(await inGuest(code, { web: { baseUrl: 'https://a.test/deep/er/page' } })).toEqual([
      'https://a.test/deep/x?y',
      'https://a.test/z',
      'https://b.test/',
    ]);
    await expect(inGuest(code)).rejects.toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('base URL'),
    });
  });

  test('keeps the headers that browsers forbid: this is no browser', () =>
    sameAsNode(
      `return [...new Request('https://a.test/', { headers: { cookie: 'a=b', host: 'x', 'sec-fetch-mode': 'y', 'set-cookie': 'z' } }).headers];`,
    ));
});
