import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';
import { Seeded } from '../seeded.ts';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = <T>(code: string) => runtime.eval(`(() => { ${code} })()`) as T;

type Decode = (label: string, fatal: boolean, pieces: Uint8Array[]) => string | undefined;

const decode = guest<Decode>(`return (label, fatal, pieces) => {
  const decoder = new TextDecoder(label, { fatal });
  try {
    return pieces.map((piece, i) => decoder.decode(piece, { stream: i < pieces.length - 1 })).join('');
  } catch (error) {
    if (error.name !== 'TypeError') throw error;
  }
};`);

describe('old encodings', () => {
  test.each([
    ['shift_jis', '93fa967b8cea', '日本語'],
    ['sjis', '82a0b1', 'あｱ'],
    ['euc-jp', 'c6fccbdcb8ec', '日本語'],
    ['iso-2022-jp', '1b2442467c4b5c386c1b2842', '日本語'],
    ['euc-kr', 'c7d1b1b9bef0', '한국언'],
    ['ks_c_5601-1987', 'b0a1', '가'],
    ['gbk', 'd6d0cec4', '中文'],
    ['gb2312', 'd6d0', '中'],
    ['gb18030', '8139ef39b0a1', '㐊啊'],
    ['big5', 'a4a4a4e5', '中文'],
    ['koi8-r', 'f0d2c9', 'При'],
    ['windows-1251', 'cff0e8', 'При'],
    ['iso-8859-2', 'b1e6', 'ąć'],
    ['ibm866', '8fe0a8', 'При'],
    ['macintosh', '8e', 'é'],
    ['x-user-defined', '80ff', '\uf780\uf7ff'],
    ['iso-8859-8-i', 'e0', 'א'],
    ['windows-874', 'a1', 'ก'],
  ])('%s', (label, hex, expected) => {
    const all = new Uint8Array(Buffer.from(hex, 'hex'));
    expect(decode(label, true, [all])).toBe(expected);
    expect(
      decode(
        label,
        false,
        [...all].map((byte) => Uint8Array.of(byte)),
      ),
    ).toBe(decode(label, false, [all]));
  });

  test('malformed bytes are U+FFFD, or a TypeError', () => {
    expect(decode('shift_jis', false, [Uint8Array.of(0x81, 0x20, 0x41)])).toBe('\ufffd A');
    expect(decode('shift_jis', true, [Uint8Array.of(0x81, 0x20, 0x41)])).toBe(undefined);
    expect(decode('iso-8859-3', true, [Uint8Array.of(0xa5)])).toBe(undefined);
  });

  test.each(['shift_jis', 'euc-jp', 'gb18030', 'big5', 'euc-kr', 'iso-8859-7'])('%s as Node decodes it', (label) => {
    const random = new Seeded(6);
    const node = new TextDecoder(label);
    for (let i = 0; i < 300; i++) {
      // Characters that are right, in the ranges that all of them have.
      const all = Uint8Array.from({ length: 20 }, (_, at) =>
        at % 2 ? 0xa4 + random.below(20) : 0xb0 + random.below(30),
      );
      const expected = node.decode(all);
      // Node's tables have characters of private use where the standard has none.
      if (/[\ufffd\ue000-\uf8ff]/.test(expected)) continue;
      expect(decode(label, false, [all]), Buffer.from(all).toString('hex')).toBe(expected);
    }
  });

  test('a guest that has changed its globals has them all the same', async () => {
    using hostile = new Runtime({ web: true });
    expect(
      await hostile.evalAsync(`const Decoder = TextDecoder;
        delete globalThis.TextDecoder; globalThis.TextEncoder = globalThis.Buffer = globalThis.atob = class {};
        new Decoder('shift_jis').decode(Uint8Array.of(0x93, 0xfa))`),
    ).toBe('日');
  });
});
