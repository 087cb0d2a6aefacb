import { Seeded } from '../seeded.ts';

/** URLs of every kind; what is compared is Node's own answer. */
export const urls: readonly [string, string?][] = [
  ['https://user:pass@example.com:8443/a/b/../c?q=1&r#frag'],
  ['HTTP://EXAMPLE.com:80/./x'],
  ['//other:1/p', 'wss://h/q'],
  ['../../up?#', 'https://h/a/b/c'],
  ['file:///C|/x/../y'],
  ['file://server/share/../../z'],
  ['mailto:someone@example.com?subject=x#y'],
  ['data:text/plain,hello world  #f'],
  ['javascript:alert(1)'],
  ['blob:https://example.com/uuid'],
  ['blob:d'],
  ['foo:/.//p'],
  ['foo://host/path', 'bar:opaque'],
  ['#only', 'mailto:x'],
  ['http://[::1]:3000/'],
  ['http://[1:2::3:4]/'],
  ['http://0x7f.1/'],
  ['http://192.168.257/'],
  ['http://256.256.256.256/'],
  ['https://münchen.example/straße?ü=ö#ß'],
  ['https://日本語.jp/パス'],
  ['https://xn--mgbh0fb.xn--kgbechtv/'],
  ['https://a%2fb/'],
  ['http://exa\u00admple.com/'],
  ['http:\\\\h\\p'],
  [' \u0000http://trim/ \u001f'],
  ['ht\ntp://tab\ts/\r'],
  ['http://user@:80@h/'],
  ['http://\ud800/\udfff?\ud800x'],
  ['non-special://a b/'],
  ['web+demo:/..//not-a-host/'],
  [''],
  ['', 'https://base/'],
  ['?q', 'file:///x'],
  ['https://h:65536/'],
  ['https://h:/'],
  ['ftp://u:@h:21/'],
];

export const members = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'hash',
] as const;

export const settable = members.filter((member) => member !== 'origin');

export type Described = Record<string, string> | 'invalid';

/** Runs in guests as well: it must not refer to anything outside. */
export function describeUrl(names: readonly string[], input: string, base?: string): Described {
  let url: URL;
  try {
    url = new URL(input, base);
  } catch {
    return 'invalid';
  }
  const result: Record<string, string> = { json: JSON.stringify(url), params: `${url.searchParams}` };
  for (const name of names) result[name] = (url as unknown as Record<string, string>)[name] as string;
  return result;
}

/** Sets one member; what is there afterwards. */
export function setMember(names: readonly string[], href: string, member: string, value: string): Described {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return 'invalid';
  }
  const before = `${url.searchParams}`;
  try {
    (url as unknown as Record<string, string>)[member] = value;
  } catch {
    // Only `href` throws.
  }
  const result: Record<string, string> = { before, params: `${url.searchParams}` };
  for (const name of names) result[name] = (url as unknown as Record<string, string>)[name] as string;
  return result;
}

const pieces = [
  'http:',
  'https:',
  'file:',
  'foo:',
  'data:',
  '//',
  '/',
  '\\',
  '/.',
  '/..',
  '%2e',
  '?',
  '#',
  '@',
  ':',
  '[::1]',
  '[',
  ']',
  '80',
  '65536',
  '0x',
  '127.1',
  'example',
  '.com',
  '.',
  'xn--',
  'xn--4ca',
  '%',
  '%41',
  '%C3%A9',
  '%zz',
  'é',
  'ß',
  '日本',
  '\u00ad',
  '\u200d',
  '😀',
  '\ud83d',
  '\udc00',
  ' ',
  '\t',
  '\n',
  '\u0000',
  '\u007f',
  '|',
  'C|',
  '"',
  "'",
  '<',
  '`',
  '{',
  '^',
  '+',
  '&a=b',
  '=',
  'a',
  'Z',
];

/** Mutations of the samples and texts made of pieces. */
export function mutated(seed: number, count: number): { input: string; base?: string }[] {
  const random = new Seeded(seed);
  const made: { input: string; base?: string }[] = [];
  for (let i = 0; i < count; i++) {
    let [input] = random.pick(urls);
    if (random.below(3) === 0) input = '';
    for (let j = random.below(6); j >= 0; j--) {
      const at = random.below(input.length + 1);
      input = input.slice(0, at) + random.pick(pieces) + input.slice(at + random.below(3));
    }
    const [base] = random.pick(urls);
    made.push(random.below(3) === 0 ? { input, base } : { input });
  }
  return made;
}
