import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { Seeded } from '../seeded.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

type Options = { fatal?: boolean; ignoreBOM?: boolean };
type Decode = (label: string, options: Options, pieces: Uint8Array[]) => string[] | string;

/** Every piece but the last as a stream. Runs in guests as well. */
function decode(label: string, options: Options, pieces: Uint8Array[]): string[] | string {
  const decoder = new TextDecoder(label, options);
  try {
    return pieces.map((piece, i) => decoder.decode(piece, { stream: i < pieces.length - 1 }));
  } catch (error) {
    return (error as Error).name;
  }
}
const decodeInGuest = guest<Decode>(`return ${decode};`);

const bytes = [
  0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbf, 0xc0, 0xc1, 0xc2, 0xd8, 0xdc, 0xdf, 0xe0, 0xe6,
];
const more = [0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xfe, 0xff];
const whole = ['é', '日', '😀', '\ufeff', 'abc'].map((text) => [...new TextEncoder().encode(text)]);

function randomBytes(random: Seeded, length: number): Uint8Array {
  const made: number[] = [];
  while (made.length < length) {
    if (random.below(3) === 0) made.push(...random.pick(whole));
    else made.push(random.pick(random.below(2) ? bytes : more));
  }
  return Uint8Array.from(made);
}

function inPieces(random: Seeded, all: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < all.length; ) {
    const next = at + random.below(5);
    pieces.push(all.subarray(at, next));
    at = next;
  }
  return [...pieces, new Uint8Array()];
}

describe('TextDecoder', () => {
  test.each(['utf-8', 'utf-16le', 'utf-16be'])('%s: any bytes at once are what they are in Node', (label) => {
    const random = new Seeded(4);
    for (let i = 0; i < 2500; i++) {
      const all = randomBytes(random, random.below(24));
      const options = { fatal: random.below(3) === 0, ignoreBOM: random.below(2) === 0 };
      const shown = `${Buffer.from(all).toString('hex')} ${JSON.stringify(options)}`;
      expect(decodeInGuest(label, options, [all]), shown).toEqual(decode(label, options, [all]));
    }
  });

  test.each(['utf-8', 'utf-16le', 'utf-16be'])('%s: and in pieces the same as at once', (label) => {
    const random = new Seeded(5);
    for (let i = 0; i < 1500; i++) {
      const all = randomBytes(random, random.below(40));
      const options = { ignoreBOM: random.below(2) === 0 };
      const parts = decodeInGuest(label, options, inPieces(random, all));
      const at = decode(label, options, [all]);
      expect((parts as string[]).join(''), Buffer.from(all).toString('hex')).toBe((at as string[]).join(''));
      const fatal = decodeInGuest(label, { fatal: true }, inPieces(random, all)) === 'TypeError';
      expect(fatal).toBe(decode(label, { fatal: true }, [all]) === 'TypeError');
    }
  });

  test('a byte order mark in pieces is none of the text, the next one is', () => {
    const mark = Uint8Array.of(0xef, 0xbb, 0xbf);
    expect(decodeInGuest('utf-8', {}, [mark.subarray(0, 1), mark.subarray(1, 2), mark.subarray(2), mark])).toEqual([
      '',
      '',
      '',
      '\ufeff',
    ]);
    // After the end a decoder begins anew.
    expect(
      guest(`const decoder = new TextDecoder(), mark = Uint8Array.of(0xef, 0xbb, 0xbf, 0x41);
        return [decoder.decode(mark, { stream: true }), decoder.decode(), decoder.decode(mark), decoder.decode(mark)];`),
    ).toEqual(['A', '', 'A', 'A']);
  });

  test('windows-1252, by all of its names, is not Latin-1', () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const text = guest<(label: string, all: Uint8Array) => string>(
      'return (label, all) => new TextDecoder(label).decode(all);',
    );
    const expected = `${'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'}`;
    for (const label of ['windows-1252', 'latin1', 'ascii', 'ISO-8859-1', ' us-ascii\n']) {
      const decoded = text(label, all);
      expect(decoded.slice(0x80, 0xa0)).toBe(expected);
      expect(decoded.slice(0, 0x80) + decoded.slice(0xa0)).toBe(
        String.fromCharCode(...all.subarray(0, 0x80), ...all.subarray(0xa0)),
      );
    }
  });

  test.each([
    ['ASCII', [0x41], 'A', 1_000_000],
    ['Latin-1 characters', [0xc3, 0xa9], 'é', 600_000],
    ['CJK', [0xe6, 0x97, 0xa5], '日', 400_000],
    ['pairs', [0xf0, 0x9f, 0x98, 0x80], '😀', 300_000],
    ['what is malformed', [0xff], '\ufffd', 300_000],
  ])('long texts of %s', (_, unit, character, count) => {
    const check = guest<(unit: number[], character: string, count: number) => boolean>(
      `return (unit, character, count) => {
        const all = new Uint8Array(unit.length * count + 1);
        all[0] = 0x2e;
        for (let i = 1; i < all.length; i++) all[i] = unit[(i - 1) % unit.length];
        return new TextDecoder().decode(all) === '.' + character.repeat(count);
      };`,
    );
    expect(check(unit, character, count)).toBe(true);
  });

  test('takes any kind of buffer', () => {
    expect(
      guest(`const decoder = new TextDecoder();
        const bytes = Uint8Array.of(0x41, 0xc3, 0xa9, 0x42);
        const shared = new Uint8Array(new SharedArrayBuffer(4)); shared.set(bytes);
        const resizable = new Uint8Array(new ArrayBuffer(4, { maxByteLength: 8 })); resizable.set(bytes);
        const detached = new ArrayBuffer(4); structuredClone(detached, { transfer: [detached] });
        return [bytes, bytes.buffer, new DataView(bytes.buffer, 1, 2), shared, shared.buffer, resizable,
          new Uint16Array(bytes.buffer), bytes.subarray(1, 3), detached].map((buffer) => decoder.decode(buffer));`),
    ).toEqual(['AéB', 'AéB', 'é', 'AéB', 'AéB', 'AéB', 'AéB', 'é', '']);
  });

  test('says what it is, and what it can’t', () => {
    expect(
      guest(`const decoder = new TextDecoder(' UTF8 ', { fatal: 1, ignoreBOM: 'x' });
        const codeOf = (run) => { try { run(); } catch (error) { return [error.name, error.code]; } };
        return [decoder.encoding, decoder.fatal, decoder.ignoreBOM, new TextDecoder().encoding,
          new TextDecoder('utf-16').encoding, TextDecoder.name, TextDecoder.length, TextDecoder.prototype.decode.length,
          Object.keys(TextDecoder.prototype), codeOf(() => new TextDecoder('nothing')),
          codeOf(() => new TextDecoder('iso-2022-kr')), codeOf(() => decoder.decode(Uint8Array.of(0xff)))];`),
    ).toEqual([
      ...['utf-8', true, true, 'utf-8', 'utf-16le', 'TextDecoder', 0, 0],
      ['encoding', 'fatal', 'ignoreBOM', 'decode'],
      ['RangeError', 'ERR_ENCODING_NOT_SUPPORTED'],
      ['RangeError', 'ERR_ENCODING_NOT_SUPPORTED'],
      ['TypeError', 'ERR_ENCODING_INVALID_ENCODED_DATA'],
    ]);
  });

  test.each([
    'TextDecoder()',
    'new TextDecoder(Symbol())',
    'new TextDecoder("utf-8", 1)',
    'new TextDecoder().decode("text")',
    'new TextDecoder().decode({})',
    'new TextDecoder().decode(new Uint8Array(), 1)',
    'TextDecoder.prototype.decode.call({}, new Uint8Array())',
    'TextDecoder.prototype.fatal',
  ])('%s is a TypeError', (code) => {
    expect(guest(`try { ${code}; } catch (error) { return error instanceof TypeError; }`)).toBe(true);
  });

  test('a text that does not fit into the guest’s memory is a RangeError', async () => {
    using small = new Runtime({ web: true, maxHeapSize: 48 * 1024 * 1024 });
    expect(
      await small.evalAsync(`
        const bytes = new Uint8Array(2 ** 24).fill(0xe9);
        try { new TextDecoder('utf-8').decode(bytes).length } catch (error) { [error.name, error.message] }`),
    ).toEqual(['RangeError', 'Array buffer allocation failed']);
    expect(await small.evalAsync('new TextDecoder().decode(Uint8Array.of(65))')).toBe('A');
  });
});
