import { Runtime } from 'isolet';
import { afterAll, describe, expect, test } from 'vitest';

const runtime = new Runtime({ web: true });
afterAll(() => runtime.close());
const guest = (code: string) => runtime.evalAsync(`(async () => { ${code} })()`);

const collect = `const through = async (transform, chunks) => {
  const writer = transform.writable.getWriter();
  const written = (async () => { for (const chunk of chunks) await writer.write(chunk); await writer.close(); })();
  written.catch(() => {});
  const all = [];
  for await (const chunk of transform.readable) all.push(chunk);
  await written;
  return all;
};`;

describe('TextEncoderStream', () => {
  test('joins pairs that chunks cut, and replaces halves', async () => {
    expect(
      await guest(`${collect}
        const chunks = await through(new TextEncoderStream(), ['a\\ud83d', '\\ude00', '', '\\ud800', 'b', 7, '\\udbff']);
        return chunks.map((chunk) => [...chunk]);`),
    ).toEqual([[0x61], [0xf0, 0x9f, 0x98, 0x80], [0xef, 0xbf, 0xbd, 0x62], [0x37], [0xef, 0xbf, 0xbd]]);
  });

  test('looks as Web IDL says', async () => {
    expect(
      await guest(`const stream = new TextEncoderStream();
        return [TextEncoderStream.name, TextEncoderStream.length, Object.keys(TextEncoderStream.prototype), stream.encoding,
          stream.readable instanceof ReadableStream, stream.writable instanceof WritableStream, \`\${stream}\`];`),
    ).toEqual([
      'TextEncoderStream',
      0,
      ['encoding', 'readable', 'writable'],
      'utf-8',
      true,
      true,
      '[object TextEncoderStream]',
    ]);
  });
});

describe('TextDecoderStream', () => {
  test('joins characters that chunks cut', async () => {
    expect(
      await guest(`${collect}
        return through(new TextDecoderStream(), [[0xef, 0xbb], [0xbf, 0x41, 0xf0, 0x9f], [0x98], [0x80, 0xe6]].map((chunk) => Uint8Array.from(chunk)));`),
    ).toEqual(['A', '😀', '\ufffd']);
  });

  test('fails where a fatal decoder does', async () => {
    expect(
      await guest(`${collect}
        const errors = [];
        for (const chunks of [[Uint8Array.of(0xff)], [Uint8Array.of(0xe6)], ['text']]) {
          await through(new TextDecoderStream('utf-8', { fatal: true }), chunks).catch((error) => errors.push(error.name));
        }
        return errors;`),
    ).toEqual(['TypeError', 'TypeError', 'TypeError']);
  });

  test('looks as Web IDL says', async () => {
    expect(
      await guest(`const stream = new TextDecoderStream('sjis', { fatal: true, ignoreBOM: true });
        return [TextDecoderStream.name, TextDecoderStream.length, Object.keys(TextDecoderStream.prototype),
          stream.encoding, stream.fatal, stream.ignoreBOM];`),
    ).toEqual([
      'TextDecoderStream',
      0,
      ['encoding', 'fatal', 'ignoreBOM', 'readable', 'writable'],
      'shift_jis',
      true,
      true,
    ]);
  });
});
