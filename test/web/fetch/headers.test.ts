import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

describe('Headers', () => {
  test('are made of pairs, records and headers, and iterate in order, cookies one by one', async () => {
    const seen = await sameAsNode(`
      const pairs = new Headers([['B', '2'], ['a', '1'], ['b', '3'], ['Set-Cookie', 'x=1'], ['set-cookie', 'y=2; a, b']]);
      const record = new Headers({ Accept: 'text/html', 'X-Y': ' padded\\t' });
      return [
        [...pairs], [...pairs.keys()], [...pairs.values()], pairs.get('B'), pairs.get('none'), pairs.getSetCookie(),
        [...record], [...new Headers(pairs)], [...new Headers(new Map([['k', 'v']]))], [...new Headers()],
      ];
    `);
    expect((seen as unknown[])[0]).toContainEqual(['set-cookie', 'y=2; a, b']);
  });

  test('what iterates over them sees what changes', () =>
    sameAsNode(`
      const headers = new Headers({ b: '1', d: '2' });
      const seen = [];
      for (const [name] of headers) {
        seen.push(name);
        if (name === 'b') headers.append('c', '3');
        if (name === 'c') headers.delete('d');
        if (seen.length > 5) break;
      }
      headers.forEach(function (value, name, all) { seen.push([this.me, value, name, all === headers]); }, { me: 1 });
      return seen;
    `));

  test('refuse the names and values that Node refuses', () =>
    sameAsNode(`
      const tries = [];
      for (const name of ['', 'a b', 'a:b', 'ü', '\\u0100', 'ok', '(x)', 'a\\n'])
        tries.push(await thrown(() => new Headers([[name, 'v']])), await thrown(() => new Headers().get(name)));
      for (const value of ['a\\nb', 'a\\0b', '\\u0100', 'ü', ' ok ', '\\r\\n', 'x\\u0001'])
        tries.push(await thrown(() => new Headers().set('n', value)));
      for (const init of [null, 1, 'text', [['one']], [['a', 'b', 'c']], [1], { a: Symbol() }, [['a']], () => {}])
        tries.push(await thrown(() => new Headers(init)));
      tries.push(await thrown(() => new Headers().append('x')), await thrown(() => Headers()));
      tries.push(await thrown(() => Headers.prototype.get.call({}, 'x')));
      return tries;
    `));

  test('look like the interface that the standard describes', () =>
    sameAsNode(`
      const shape = (object) => Object.entries(Object.getOwnPropertyDescriptors(object))
        .map(([name, { enumerable, writable, value }]) => [name, enumerable, writable, typeof value, value?.length])
        .filter(([name]) => name !== 'prototype').sort();
      const iterator = Object.getPrototypeOf(new Headers().entries());
      return [Headers.name, Headers.length, shape(Headers.prototype), String(new Headers()), String(new Headers().keys()),
        Headers.prototype[Symbol.iterator] === Headers.prototype.entries, shape(iterator),
        Object.getPrototypeOf(iterator) === Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()))];
    `));

  test('of a request of mode no-cors take only what such a request may carry', async () => {
    const seen = await inGuest(`
      const { headers } = new Request('https://a.test/', { mode: 'no-cors' });
      headers.append('accept', 'text/html');
      headers.append('x-mine', '1');
      headers.set('content-type', 'application/json');
      headers.set('content-language', 'x'.repeat(129));
      headers.set('range', 'bytes=0-1');
      const before = [...headers];
      headers.append('accept', '"quoted"');
      headers.delete('x-mine');
      headers.set('content-type', 'text/plain');
      return [before, [...headers]];
    `);
    expect(seen).toEqual([
      [['accept', 'text/html']],
      [
        ['accept', 'text/html'],
        ['content-type', 'text/plain'],
      ],
    ]);
  });

  test('check every value and name, however long and however often they were seen', () =>
    sameAsNode(`
      const seen = [];
      const look = async (headers) => seen.push(await thrown(() => headers()));
      for (const length of [0, 1, 2, 31, 32, 33, 34, 200]) {
        for (const character of ['\\n', '\\r', '\\0', ' ', '\\t', '\\x01', '\\x7f', 'ü', '\\u0100', '😀']) {
          for (const value of [character + 'v'.repeat(length), 'v'.repeat(length) + character, 'v' + character + 'v'.repeat(length)]) {
            for (const make of [() => new Headers({ 'X-Name': value }), () => new Headers([['x-name', value]])]) {
              await look(make);
              try { seen.push([...make()].join()); } catch {}
            }
          }
        }
      }
      const many = new Headers();
      for (let round = 0; round < 2; round++) {
        for (let i = 0; i < 600; i++) many.append('X-' + i, i), many.append('x-' + i, round);
      }
      for (const name of ['X-1', 'x-1', 'X-599', 'X-1\\n', 'X 1', 'x-1 '])
        seen.push(await thrown(() => many.get(name))), await look(() => new Headers({ [name]: 'v' }));
      seen.push([...many].length, many.get('X-599'), [...new Headers({ 'X-1': 'a', 'x-1': 'b', ACCEPT: 'c' })].join());
      return seen;
    `));

  test('that are immutable say so', () =>
    sameAsNode(`
      const { headers } = Response.error();
      const redirect = Response.redirect('https://a.test/').headers;
      return [await thrown(() => headers.set('a', 'b')), await thrown(() => redirect.append('a', 'b')),
        await thrown(() => redirect.delete('location')), redirect.get('location')];
    `));

  test('many of one name are not many times the work', async () => {
    const length = await inGuest(`
      const headers = new Headers();
      for (let i = 0; i < 20000; i++) headers.append('a', 'b');
      for (let i = 0; i < 5000; i++) headers.append('set-cookie', 'c=' + i);
      return [headers.get('a').length, [...headers].length];
    `);
    expect(length).toEqual([20000 * 3 - 2, 5001]);
  });
});
