import { Runtime } from 'isolet';
import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

describe('object URLs', () => {
  test('are fetched like in Node, until they are revoked', () =>
    sameAsNode(`
      const blob = new Blob(['some ', 'bytes'], { type: 'a/b' });
      const url = URL.createObjectURL(blob);
      const response = await fetch(url);
      const seen = [response.status, response.ok, response.statusText, response.headers.get('content-type'), response.headers.get('content-length'),
        response.url === url, await response.text(), await (await fetch(url + '#part')).text(), url === URL.createObjectURL(blob)];
      seen.push(await rejects(fetch(url, { method: 'POST' })), await rejects(fetch(url + '?x')), await rejects(fetch(url.slice(0, -1))));
      URL.revokeObjectURL('nothing');
      URL.revokeObjectURL(url);
      seen.push(await rejects(fetch(url)), await thrown(() => URL.createObjectURL({})), await thrown(() => URL.createObjectURL()), await thrown(() => URL.revokeObjectURL()));
      return seen;
    `));

  test('have the origin of the base URL', async () => {
    const code =
      "const url = URL.createObjectURL(new File(['x'], 'n')); return [url.replace(/[0-9a-f-]{36}$/, 'id'), new URL(url).origin];";
    expect(await inGuest(code)).toEqual(['blob:null/id', 'null']);
    expect(await inGuest(code, { web: { baseUrl: 'https://a.test:81/b/c' } })).toEqual([
      'blob:https://a.test:81/id',
      'https://a.test:81',
    ]);
  });

  test('are revoked by the whole URL alone; a request that has begun or was made keeps its Blob', async () => {
    const seen = await inGuest(`
      const url = URL.createObjectURL(new Blob(['x']));
      URL.revokeObjectURL(url + '#part');
      const request = new Request(url);
      const copies = [new Request(request), request.clone(), new Request(request, { headers: { a: 'b' } })];
      const begun = fetch(url);
      URL.revokeObjectURL(url);
      const texts = [];
      for (const one of [request, ...copies, begun]) texts.push(await (await (one instanceof Request ? fetch(one) : one)).text());
      return [texts, await rejects(fetch(url)), await rejects(fetch(new Request(url)))];
    `);
    expect(seen).toEqual([['x', 'x', 'x', 'x', 'x'], 'TypeError', 'TypeError']);
  });

  test('name nothing in another guest, nor in the host', async () => {
    using one = new Runtime({ web: true });
    const url = one.eval("URL.createObjectURL(new Blob(['secret']))") as string;
    expect(await inGuest(`return rejects(fetch(${JSON.stringify(url)}))`)).toBe('TypeError');
    await expect(fetch(url)).rejects.toThrow(TypeError);
    expect(await one.evalAsync(`fetch(${JSON.stringify(url)}).then((response) => response.text())`)).toBe('secret');
  });

  test('are the memory of the guest: a flood of them ends it', async () => {
    using runtime = new Runtime({ web: true, maxHeapSize: 16 * 1024 * 1024 });
    await expect(
      runtime.evalAsync('for (;;) URL.createObjectURL(new Blob([new Uint8Array(100_000)]))'),
    ).rejects.toThrow();
  });
});
