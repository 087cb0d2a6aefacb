import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { Seeded } from '../seeded.ts';
import { mutated } from './samples.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(code) as T;

/** What a program says in a guest and in Node. */
function both(code: string): unknown {
  const inGuest = guest(`(() => { ${code} })()`);
  expect(inGuest).toEqual(new Function(code)());
  return inGuest;
}

describe('URLSearchParams', () => {
  test.each([
    "''",
    "'?a=1&b=2&a=3'",
    "'a=1&&=&=x&y&z=%'",
    "'a+b=c%20d&e%2Bf=%E2%82%AC%FF&g=%e2%82'",
    "'\\ufeffa=%EF%BB%BFb'",
    "'a=\\ud800&\\udc00=%41'",
    '{ a: 1, b: null, "c d": "é😀" }',
    "[['x', 'y'], new Set(['p', 'q'])]",
    "new Map([['k', 'v']])",
    "new URLSearchParams('from=other')",
    'undefined',
    '17',
    '{ "\\ud800": 1, "\\udfff": 2 }',
  ])('new URLSearchParams(%s)', (init) => {
    both(`const params = new URLSearchParams(${init}); return [[...params], params.toString(), params.size];`);
  });

  test('queries of any characters are read and written as in Node', () => {
    const random = new Seeded(41);
    const ascii = ['a', 'b', '=', '=', '&', '&', '+', ' ', '%20', '%41'];
    // Not in one query: Node takes what is not ASCII for bytes where others are escaped wrongly.
    const more = [
      ['%c3%a9', '%ff', '%E2%82', '%', '%2'],
      ['é', '😀'],
    ];
    const read = (query: string) => {
      const params = new URLSearchParams(query);
      return JSON.stringify([[...params], params.toString(), params.size, params.get('a'), params.getAll('b')]);
    };
    const inGuest = guest<typeof read>(`(${read})`);
    for (let i = 0; i < 3000; i++) {
      const parts = [...ascii, ...random.pick(more)];
      const query = Array.from({ length: random.below(16) }, () => random.pick(parts)).join('');
      expect(inGuest(query), JSON.stringify(query)).toBe(read(query));
    }
  });

  test('what is converted may change the parameters meanwhile', () => {
    both(`const params = new URLSearchParams('a=1');
      params.append('b', { toString() { params.set('a', '2'); return '3'; } });
      return params.toString();`);
  });

  test('of a record, what cannot be enumerated is left out and names that become the same are one', () => {
    const code = (init: string) => `[...new URLSearchParams(${init})]`;
    expect(guest(code("Object.defineProperty({ a: '1', c: '3' }, 'b', { value: '2' })"))).toEqual([
      ['a', '1'],
      ['c', '3'],
    ]);
    expect(guest(code("{ 'x\\ud800': 1, y: 2, 'x\\udfff': 3, 'x\\ufffd': 4 }"))).toEqual([
      ['x\ufffd', '4'],
      ['y', '2'],
    ]);
  });

  test('null is the text, as the standard has it', () => {
    expect(guest('new URLSearchParams(null).toString() + new URLSearchParams(undefined)')).toBe('null=');
  });

  test.each(["[['one']]", "[['a', 'b', 'c']]", '[1]', '{ [Symbol.iterator]: 1 }', 'Symbol()', '[null]'])(
    'new URLSearchParams(%s) is a TypeError',
    (init) => {
      const code = `try { new URLSearchParams(${init}); } catch (error) { return error instanceof TypeError; }`;
      expect(both(code)).toBe(true);
    },
  );

  test('changes one after the other', () => {
    both(`const params = new URLSearchParams('b=1&a=2&b=3&c=4&b=5');
      const seen = [];
      const look = () => seen.push(params.toString());
      params.append('d', ' !~*()\\'-._é'); look();
      params.set('b', 'x'); look();
      params.delete('a', 'nothing'); look();
      params.delete('a'); look();
      params.append('z', 1); params.append('z', 2); params.delete('z', '1'); look();
      seen.push(params.has('z'), params.has('z', '1'), params.has('z', 2), params.get('none'), params.getAll('z'));
      params.append('\\u{1f600}', ''); params.append('\\uffff', ''); params.sort(); look();
      return seen;`);
  });

  test('iterates over what is there by then', () => {
    both(`const params = new URLSearchParams('a=1&b=2&c=3');
      const seen = [];
      for (const [key] of params) { seen.push(key); params.delete(key); }
      params.forEach((value, key, self) => seen.push(value, key, self === params));
      const keys = params.keys(), values = params.values();
      return [seen, [...keys], [...values], keys.next(), Object.prototype.toString.call(keys)];`);
  });

  test('is live in both directions', () => {
    both(`const url = new URL('https://h/p?a=1#f');
      const params = url.searchParams;
      const seen = [params === url.searchParams];
      params.append('b c', 'é'); seen.push(url.href);
      url.search = '?x=%20y&z'; seen.push([...params]);
      url.href = 'https://i/?new'; seen.push([...params], params === url.searchParams);
      params.delete('new'); seen.push(url.href);
      url.hash = ''; params.set('q', '#&='); seen.push(url.href, url.search);
      url.pathname = '/other'; seen.push([...params]);
      return seen;`);
  });

  test('parses and writes as Node does on mutated inputs', () => {
    const ask = guest<(query: string) => unknown>(
      '((query) => { const params = new URLSearchParams(query); return [[...params], params.toString()]; })',
    );
    for (const { input } of mutated(22, 1000)) {
      // Node reads other characters beside a malformed escape as bytes.
      if (/%(?![0-9a-f]{2})|%[89a-f]/i.test(input) && /[^\0-\x7f]/.test(input)) continue;
      const params = new URLSearchParams(input);
      expect(ask(input), JSON.stringify(input)).toEqual([[...params], `${params}`]);
    }
  });

  test('looks as Web IDL says', () => {
    both(`return [URLSearchParams.name, URLSearchParams.length, Object.keys(URLSearchParams.prototype).sort(),
      URLSearchParams.prototype.delete.length, URLSearchParams.prototype.has.length,
      URLSearchParams.prototype[Symbol.iterator] === URLSearchParams.prototype.entries,
      Object.prototype.toString.call(new URLSearchParams())];`);
  });

  test.each([
    'URLSearchParams()',
    'new URLSearchParams().append("a")',
    'new URLSearchParams().has()',
    'new URLSearchParams().forEach()',
    'URLSearchParams.prototype.size',
    'URLSearchParams.prototype.get.call({}, "a")',
  ])('%s is a TypeError', (code) => {
    expect(both(`try { ${code}; } catch (error) { return error instanceof TypeError; }`)).toBe(true);
  });
});
