import { Runtime, TimeoutError } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

const groupsOf = guest<(pattern: unknown, input: unknown, component: string) => unknown>(
  'return (pattern, input, component) => new URLPattern(pattern).exec(input)?.[component].groups;',
);

describe('URLPattern', () => {
  test.each([
    [{ pathname: '/books/:id' }, { pathname: '/books/7' }, { id: '7' }],
    [{ pathname: '/books/:id' }, { pathname: '/books/7/x' }, undefined],
    [{ pathname: '/books/:id(\\d+)?' }, { pathname: '/books' }, { id: undefined }],
    [{ pathname: '/:path+' }, { pathname: '/a/b/c' }, { path: 'a/b/c' }],
    [{ pathname: '/:path*' }, { pathname: '/' }, undefined],
    [{ pathname: '/{:name}-x' }, { pathname: '/foo-x' }, { name: 'foo' }],
    [{ pathname: '/*/end' }, { pathname: '/1/2/end' }, { 0: '1/2' }],
    [{ pathname: '/(a|b)/:c' }, { pathname: '/b/z' }, { 0: 'b', c: 'z' }],
    [{ pathname: '/café/:é' }, { pathname: '/caf%C3%A9/1' }, { é: '1' }],
    [{ pathname: '/:𝒜𝒷' }, { pathname: '/x' }, { 𝒜𝒷: 'x' }],
    [{ pathname: '/:__proto__' }, { pathname: '/x' }, JSON.parse('{"__proto__":"x"}')],
  ])('%j against %j', (pattern, input, groups) => {
    expect(groupsOf(pattern, input, 'pathname')).toEqual(groups);
  });

  test('takes a whole URL apart', () => {
    expect(
      guest(`const pattern = new URLPattern('http{s}?://*.example.com:8*/:id\\\\?q=:q#*');
        return [pattern.protocol, pattern.hostname, pattern.port, pattern.pathname, pattern.search, pattern.hash,
          pattern.username, pattern.hasRegExpGroups];`),
    ).toEqual(['http{s}?', '*.example.com', '8*', '/:id', 'q=:q', '*', '*', false]);
    expect(
      guest(`const found = new URLPattern('/:a', 'https://h:1').exec('https://h:1/x?y#z');
        return [found.inputs, found.pathname, found.search];`),
    ).toEqual([['https://h:1/x?y#z'], { input: '/x', groups: { a: 'x' } }, { input: 'y', groups: { 0: 'y' } }]);
  });

  test('inherits from a base', () => {
    expect(
      guest(`const pattern = new URLPattern({ pathname: 'c', baseURL: 'https://h:1/a/b?q' });
        return [pattern.hostname, pattern.port, pattern.pathname, pattern.search,
          pattern.test({ pathname: 'c', baseURL: 'https://h:1/a/z' }), pattern.test('c', 'https://h:1/a/')];`),
    ).toEqual(['h', '1', '/a/c', '*', true, true]);
  });

  test('case only counts when it is asked for', () => {
    expect(
      guest(`const of = (options) => new URLPattern({ pathname: '/Foo' }, options).test({ pathname: '/fOO' });
        return [of(), of({ ignoreCase: true }), new URLPattern('/Foo', 'https://h', { ignoreCase: true }).test('https://h/foo')];`),
    ).toEqual([false, true, true]);
  });

  test('generates and compares', () => {
    expect(
      guest(`return [
        new URLPattern({ pathname: '/a/:b/c' }).generate('pathname', { b: 'é' }),
        URLPattern.compareComponent('pathname', new URLPattern({ pathname: '/a' }), new URLPattern({ pathname: '/*' })),
        URLPattern.compareComponent('hash', new URLPattern(), new URLPattern()),
      ];`),
    ).toEqual(['/a/%C3%A9/c', 1, 0]);
  });

  test.each([
    'new URLPattern("/relative")',
    'new URLPattern({ pathname: "/:" })',
    'new URLPattern({ pathname: "/{" })',
    'new URLPattern({ pathname: "/(" })',
    'new URLPattern({ pathname: "/((x))" })',
    'new URLPattern({ pathname: "/(é)" })',
    'new URLPattern({ pathname: "/([)" })',
    'new URLPattern({ pathname: "/:a/:a" })',
    'new URLPattern({ port: "x" })',
    'new URLPattern({}, "https://h")',
    'new URLPattern("https://h", "not a base")',
    'new URLPattern(Symbol())',
    'new URLPattern().test({}, "https://h")',
    'new URLPattern({ pathname: "/:a" }).generate("pathname", {})',
    'new URLPattern({ pathname: "/:a" }).generate("pathname", { a: "b/c" })',
    'new URLPattern().generate("nothing", {})',
    'URLPattern.prototype.pathname',
    'URLPattern()',
  ])('%s is a TypeError', (code) => {
    expect(guest(`try { ${code}; } catch (error) { return error instanceof TypeError; }`)).toBe(true);
  });

  test('an input that is no URL does not match', () => {
    expect(
      guest(`return [new URLPattern().test('no url'), new URLPattern().exec({ protocol: '1' }),
        new URLPattern({ port: '(.*)' }).test({ port: 'invalid80' })]`),
    ).toEqual([false, null, false]);
  });

  test('looks as Web IDL says', () => {
    expect(
      guest(`return [URLPattern.name, URLPattern.length, Object.keys(URLPattern.prototype).sort(),
        Object.prototype.toString.call(new URLPattern())];`),
    ).toEqual([
      'URLPattern',
      0,
      [
        ...['exec', 'generate', 'hasRegExpGroups', 'hash', 'hostname', 'password', 'pathname', 'port'],
        ...['protocol', 'search', 'test', 'username'],
      ],
      '[object URLPattern]',
    ]);
  });

  test('a catastrophic pattern is stopped by the guest’s limits', async () => {
    using victim = new Runtime({ web: true });
    const run = victim.evalAsync(
      "new URLPattern({ pathname: '/((?:a|a|a?)+)+b' }).test({ pathname: '/' + 'a'.repeat(60) })",
      { cpuTimeout: 200 },
    );
    await expect(run).rejects.toBeInstanceOf(TimeoutError);
    expect(await victim.evalAsync("new URLPattern({ pathname: '/a' }).test({ pathname: '/a' })")).toBe(true);
  });

  test('so is one that takes long to read', async () => {
    using victim = new Runtime({ web: true });
    const run = victim.evalAsync(
      "for (;;) new URLPattern({ pathname: '/' + ':a1'.repeat(1) + '{b}?'.repeat(50000) })",
      { cpuTimeout: 200 },
    );
    await expect(run).rejects.toBeInstanceOf(TimeoutError);
  });
});
