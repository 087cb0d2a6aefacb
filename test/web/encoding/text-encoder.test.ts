import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { Seeded } from '../seeded.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

const alphabet = [
  'a',
  'é',
  'ÿ',
  'Ā',
  '߿',
  'ࠀ',
  '日',
  '\ud7ff',
  '\ud800',
  '\udbff',
  '\udc00',
  '\udfff',
  '\ue000',
  '😀',
  '\0',
];

function texts(seed: number, count: number): string[] {
  const random = new Seeded(seed);
  return Array.from({ length: count }, () => {
    // Most of some texts is of one kind, so that they have each of V8's representations.
    const kinds = random.below(2) === 0 ? alphabet.slice(0, 1 + random.below(3)) : alphabet;
    return Array.from({ length: random.below(40) }, () => random.pick(kinds)).join('');
  });
}

describe('TextEncoder', () => {
  test('encodes as Node does', () => {
    const encode = guest<(text: string) => Uint8Array>('return (text) => new TextEncoder().encode(text);');
    const encoder = new TextEncoder();
    for (const text of texts(1, 3000)) expect(encode(text), JSON.stringify(text)).toEqual(encoder.encode(text));
  });

  test('encodes into a buffer as Node does', () => {
    const into = guest<(text: string, size: number) => unknown>(
      `return (text, size) => {
        const bytes = new Uint8Array(size);
        return [new TextEncoder().encodeInto(text, bytes), bytes];
      };`,
    );
    const random = new Seeded(2);
    for (const text of texts(3, 3000)) {
      const bytes = new Uint8Array(random.below(60));
      const counts = new TextEncoder().encodeInto(text, bytes);
      expect(into(text, bytes.length), JSON.stringify([text, bytes.length])).toEqual([counts, bytes]);
    }
  });

  test.each([
    ['ascii', 'a', 3_000_000],
    ['latin1', 'é', 2_000_000],
    ['CJK', '日', 700_000],
    ['pairs', '😀', 500_000],
    ['a pair across every boundary', '😀', 16_384],
  ])('encodes long texts: %s', (_, character, count) => {
    const same = guest<(character: string, count: number) => string>(
      `return (character, count) => {
        const bytes = new TextEncoder().encode('x' + character.repeat(count));
        const one = new TextEncoder().encode(character);
        for (let i = 1; i < bytes.length; i++) if (bytes[i] !== one[(i - 1) % one.length]) return 'wrong at ' + i;
        return bytes.length + ' bytes';
      };`,
    );
    expect(same(character, count)).toBe(`${Buffer.byteLength(character) * count + 1} bytes`);
  });

  test('encodes into long buffers, part of a buffer, shared memory', () => {
    expect(
      guest(`const text = '日'.repeat(100_000);
        const bytes = new Uint8Array(new SharedArrayBuffer(200_003), 2, 200_000);
        const counts = new TextEncoder().encodeInto(text, bytes);
        return [counts, bytes[0], bytes[199_997], bytes[199_998]];`),
    ).toEqual([{ read: 66_666, written: 199_998 }, 0xe6, 0xa5, 0]);
  });

  test('what it makes counts as the guest’s memory', async () => {
    using small = new Runtime({ web: true, maxHeapSize: 32 * 1024 * 1024 });
    expect(
      await small.evalAsync(`
        const text = 'a'.repeat(2 ** 24);
        const kept = [];
        try { for (;;) kept.push(new TextEncoder().encode(text)); } catch (error) { [error.name, error.message, kept.length < 4] }`),
    ).toEqual(['RangeError', 'Array buffer allocation failed', true]);
    expect(small.closed).toBe(false);
  });

  test('looks as Web IDL says', () => {
    expect(
      guest(`return [TextEncoder.name, TextEncoder.length, TextEncoder.prototype.encode.length,
        TextEncoder.prototype.encodeInto.length, Object.keys(TextEncoder.prototype), new TextEncoder().encoding,
        new TextEncoder().encode().length, new TextEncoder().encode(undefined).length, [...new TextEncoder().encode(null)]];`),
    ).toEqual(['TextEncoder', 0, 0, 2, ['encoding', 'encode', 'encodeInto'], 'utf-8', 0, 0, [110, 117, 108, 108]]);
  });

  test.each([
    'TextEncoder()',
    'new TextEncoder().encode(Symbol())',
    'new TextEncoder().encodeInto("a")',
    'new TextEncoder().encodeInto("a", new Uint8ClampedArray(2))',
    'new TextEncoder().encodeInto("a", [])',
    'TextEncoder.prototype.encode.call({}, "a")',
    'TextEncoder.prototype.encoding',
  ])('%s is a TypeError', (code) => {
    expect(guest(`try { ${code}; } catch (error) { return error instanceof TypeError; }`)).toBe(true);
  });
});
