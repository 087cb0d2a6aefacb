import { Runtime } from 'isolet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeUrl, members, setMember, settable, urls } from './samples.ts';

// The addon looks once per process, and each test file is one.
process.env['ISOLET_INTERNAL_URL_PARSER'] = 'script';

// Spaces at the end of an opaque path are encoded by some versions of the standard.
const sameEverywhere = urls.filter(([url]) => !url.includes('  #'));

let runtime: Runtime;
beforeAll(() => {
  runtime = new Runtime({ web: true });
});
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

describe('where Node’s own parser can’t be used', () => {
  test('it is not', () => {
    // Node's takes a few milliseconds for this, and its caps refuse it.
    expect(guest("return new URL('https://' + 'é.'.repeat(1100) + 'h/').href.length")).toBeGreaterThan(2048);
  });

  test.each(sameEverywhere)('%j against %j is what it is in Node', (input, base) => {
    const inGuest = guest<typeof describeUrl>(`return ${describeUrl}`);
    expect(inGuest(members, input, base)).toEqual(describeUrl(members, input, base));
  });

  test.each(settable)('setting %s does what it does in Node', (member) => {
    const inGuest = guest<typeof setMember>(`return ${setMember}`);
    for (const href of ['https://u:p@h:1/p?q#f', 'mailto:x', 'file:///a/b', 'foo://h/p', 'https://h/']) {
      // Versions of Node's parser differ in what a colon does in some of them.
      const colons = member === 'href' || member === 'protocol' ? ['https:', 'https://n/'] : [];
      for (const value of ['', 'x', '#?x', 'http', 'é', '8080', '99999', '/a/../b', 'a@b', ...colons]) {
        const is = inGuest(members, href, member, value);
        expect(is, JSON.stringify({ href, member, value })).toEqual(setMember(members, href, member, value));
      }
    }
  });

  test('parameters are live, patterns match, invalid URLs have their code', () => {
    expect(
      guest(`const url = new URL('https://h/?a=1');
        url.searchParams.append('é', ' ');
        let code;
        try { new URL('/x'); } catch (error) { code = error.code; }
        return [url.href, URL.canParse('/x'), code, new URLPattern({ pathname: '/:a' }).test('https://h/é')];`),
    ).toEqual(['https://h/?a=1&%C3%A9=+', false, 'ERR_INVALID_URL', true]);
  });

  test('a guest that changed its globals before has the same parser', async () => {
    using hostile = new Runtime({ web: true });
    expect(
      await hostile.evalAsync(`globalThis.TextEncoder = globalThis.TextDecoder = undefined;
        new URL('https://é.example/%41é?é#é').href`),
    ).toBe('https://xn--9ca.example/%41%C3%A9?%C3%A9#%C3%A9');
  });

  test('a text of more than a mebibyte is no URL', () => {
    expect(guest("return URL.canParse('https://h/' + 'a'.repeat(2 ** 20))")).toBe(false);
  });
});
