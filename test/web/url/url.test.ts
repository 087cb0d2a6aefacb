import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { describeUrl, members, mutated, setMember, settable, urls } from './samples.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`{ ${code} }`) as T;
const describeInGuest = guest<typeof describeUrl>(`(${describeUrl})`);
const setInGuest = guest<typeof setMember>(`(${setMember})`);

describe('URL is the host’s URL', () => {
  test.each(urls)('%j against %j', (input, base) => {
    expect(describeInGuest(members, input, base)).toEqual(describeUrl(members, input, base));
  });

  test('on thousands of mutated inputs', () => {
    for (const { input, base } of mutated(19, 4000)) {
      const expected = describeUrl(members, input, base);
      expect(describeInGuest(members, input, base), JSON.stringify({ input, base })).toEqual(expected);
    }
  });

  test('canParse and parse agree with it', () => {
    const ask = guest<(input: string, base?: string) => [boolean, string | undefined]>(
      '((input, base) => [URL.canParse(input, base), URL.parse(input, base)?.href])',
    );
    for (const { input, base } of mutated(20, 1000)) {
      const can = URL.canParse(input, base);
      expect(ask(input, base), JSON.stringify({ input, base })).toEqual([
        can,
        can ? new URL(input, base).href : undefined,
      ]);
    }
  });

  test('setters too, except where Node’s leave something that is no URL', () => {
    const values = mutated(21, 1500);
    for (const [i, { input: value }] of values.entries()) {
      const [href] = urls[i % urls.length] as [string];
      const member = settable[i % settable.length] as string;
      const expected = setMember(members, href, member, value);
      const is = setInGuest(members, href, member, value);
      const shown = JSON.stringify({ href, member, value });
      if (expected !== 'invalid' && describeUrl(['href'], expected['href'] as string) === 'invalid') {
        expect(describeUrl(['href'], (is as Record<string, string>)['href'] as string), shown).not.toBe('invalid');
      } else {
        expect(is, shown).toEqual(expected);
      }
    }
  });

  test('a setter never leaves a URL that can’t be parsed', () => {
    expect(guest("const u = new URL('foo://path/to'); u.host = ':80'; u.href")).toBe('foo://path/to');
  });
});

describe('the class', () => {
  test('an invalid URL is a TypeError with Node’s code', () => {
    expect(
      guest(`(() => { try { new URL('no url', 'nor base'); } catch (error) {
        return [error instanceof TypeError, error.message, error.code, error.input, error.base]; } })()`),
    ).toEqual([true, 'Invalid URL', 'ERR_INVALID_URL', 'no url', 'nor base']);
    expect(guest("const set = new URL('a:b'); try { set.href = '//' } catch (error) { error.code }")).toBe(
      'ERR_INVALID_URL',
    );
  });

  test('looks as Web IDL says', () => {
    expect(
      guest(`({
        name: URL.name,
        length: [URL.length, URL.canParse.length, URL.parse.length],
        tag: Object.prototype.toString.call(new URL('a:b')),
        members: Object.keys(URL.prototype),
        statics: Object.keys(URL),
        global: Object.getOwnPropertyDescriptor(globalThis, 'URL').enumerable,
      })`),
    ).toEqual({
      name: 'URL',
      length: [1, 1, 1],
      tag: '[object URL]',
      members: [
        ...['href', 'origin', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search'],
        ...['searchParams', 'hash', 'toString', 'toJSON'],
      ],
      statics: ['parse', 'canParse', 'createObjectURL', 'revokeObjectURL'],
      global: false,
    });
  });

  test.each([
    'URL("a:b")',
    'new URL()',
    'new URL(Symbol())',
    'URL.canParse()',
    'URL.prototype.href',
    'URL.prototype.toString.call({})',
    'Reflect.set(URL.prototype, "search", "x", {})',
  ])('%s is a TypeError', (code) => {
    expect(guest(`(() => { try { ${code}; } catch (error) { return error instanceof TypeError; } })()`)).toBe(true);
  });

  test('arguments are converted as Web IDL says', () => {
    expect(
      guest(`const seen = [];
        const part = (name, value) => ({ toString() { seen.push(name); return value; } });
        [new URL(part('url', '/x'), part('base', 'https://h')).href, new URL('/y', new URL('https://h')).href, seen]`),
    ).toEqual(['https://h/x', 'https://h/y', ['url', 'base']]);
  });

  test('works for a guest that replaced what it is made with', async () => {
    using hostile = new Runtime({ web: true });
    expect(
      await hostile.evalAsync(`
        String.prototype.slice = String.prototype.indexOf = () => { throw new Error('mine'); };
        Object.prototype.toString = Function.prototype.call = Function.prototype.apply = () => 'mine';
        new URL('https://h/p?q').href`),
    ).toBe('https://h/p?q');
  });

  test('subclasses and structured data', () => {
    expect(guest("class My extends URL {}; new My('https://h/?a=1').searchParams.get('a')")).toBe('1');
  });
});

describe('limits', () => {
  test('a URL is at most a mebibyte long', () => {
    const ask = guest<(length: number, character: string) => boolean>(
      "((length, character) => URL.canParse('https://h/' + character.repeat(length)))",
    );
    expect([ask(2 ** 20 - 10, 'a'), ask(2 ** 20 - 9, 'a'), ask(2 ** 19 - 5, 'é'), ask(2 ** 19, 'é')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(guest("const long = new URL('https://h/'); long.pathname = 'a'.repeat(2 ** 20 + 1); long.href")).toBe(
      'https://h/',
    );
  });

  test('setters don’t let it grow without end', () => {
    expect(
      guest(`const grown = new URL('https://h/');
        for (const part of ['pathname', 'search', 'hash', 'username', 'password']) grown[part] = ' '.repeat(2 ** 20);
        grown.href.length <= 2 ** 22`),
    ).toBe(true);
  });

  test.each([
    ['characters', "'日'.repeat(3000)"],
    ['percent-encoded characters', "'%C3%A9'.repeat(600)"],
    ['punycode', "'xn--4ca.'.repeat(400)"],
  ])('a host of thousands of %s is refused', (_, host) => {
    expect(
      guest(`[URL.canParse('https://' + ${host} + '/'), URL.canParse('//x@' + ${host}, 'http://h'),
        URL.canParse('data:' + ${host}), URL.canParse('https://h/' + ${host}), URL.canParse('/' + ${host}, 'http://h')]`),
    ).toEqual([false, false, true, true, true]);
    expect(guest(`const host = new URL('https://h/'); host.hostname = ${host}; host.href`)).toBe('https://h/');
  });

  test('a long host of plain ASCII is as good as in Node', () => {
    expect(guest("URL.canParse('https://' + 'a.'.repeat(1500) + 'b/')")).toBe(
      URL.canParse(`https://${'a.'.repeat(1500)}b/`),
    );
  });
});
