import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { Seeded } from '../seeded.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

const encodeInGuest = guest<(text: string) => Uint8Array>('return (text) => new TextEncoder().encode(text);');
type Decode = (bytes: Uint8Array, fatal: boolean) => string;
/** Runs in guests as well. */
function decode(bytes: Uint8Array, fatal: boolean): string {
  try {
    return `= ${new TextDecoder('utf-8', { fatal }).decode(bytes)}`;
  } catch (error) {
    return (error as Error).name;
  }
}
const decodeInGuest = guest<Decode>(`return ${decode};`);

/** Characters of one size each, the first and last of it among them; lone halves of pairs last. */
const kinds = [
  ['a', ' ', '\0', '\x7f'],
  ['\x80', 'é', '\u07ff', 'я'],
  ['\u0800', '日', '€', '\ud7ff', '\ue000', '\uffff', '\ufeff'],
  ['\u{10000}', '😀', '\u{10ffff}'],
  ['\ud800', '\udc00', '\udfff'],
];

/** Runs of characters of one size, as texts have them: what is taken several at once begins and ends anywhere. */
function text(random: Seeded, sizes: number): string {
  let made = '';
  for (let runs = 1 + random.below(5); runs > 0; runs--) {
    const kind = random.pick(kinds.slice(0, sizes));
    for (let length = random.below(40); length > 0; length--) made += random.pick(kind);
  }
  return made;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

describe('texts with long runs of characters of one size', () => {
  test('are encoded as in Node', () => {
    const random = new Seeded(31);
    const encoder = new TextEncoder();
    for (let i = 0; i < 1500; i++) {
      const made = text(random, 5);
      expect(hex(encodeInGuest(made)), JSON.stringify(made)).toBe(hex(encoder.encode(made)));
    }
  });

  test('are decoded as in Node, also with a byte that is wrong anywhere in them', () => {
    const random = new Seeded(32);
    for (let i = 0; i < 1500; i++) {
      const bytes = new TextEncoder().encode(text(random, 4));
      if (bytes.length > 0 && random.below(4) > 0) bytes[random.below(bytes.length)] = random.below(256);
      const part = random.below(3) === 0 ? bytes.subarray(random.below(4), bytes.length - random.below(4)) : bytes;
      for (const fatal of [false, true]) {
        expect(decodeInGuest(part, fatal), hex(part)).toBe(decode(part, fatal));
      }
    }
  });

  test('are base64 as in Node, also with a character that is wrong anywhere in them', () => {
    const random = new Seeded(33);
    const here = (data: string) => {
      try {
        return atob(data);
      } catch {
        return 'refused';
      }
    };
    const inGuest = guest<typeof here>(`return ${here};`);
    for (let i = 0; i < 1500; i++) {
      const bytes = Array.from({ length: random.below(120) }, () => String.fromCharCode(random.below(256))).join('');
      const encoded = btoa(bytes);
      expect(guest<string>(`return btoa(${JSON.stringify(bytes)});`)).toBe(encoded);
      const at = random.below(encoded.length + 1);
      const wrong = random.pick(['', ' ', '\n', '-', '=', '@', '[', '`', '{', '/', ':', '\x80', '\xff', '*', ',', '.']);
      const changed = encoded.slice(0, at) + wrong + encoded.slice(at + random.below(2));
      expect(inGuest(changed), JSON.stringify(changed)).toBe(here(changed));
    }
  });
});
