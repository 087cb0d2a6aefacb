import zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';
import { bytes } from '../crypto/support.ts';
import { through } from './support.ts';

const { make } = useRuntimes();
const text = (length: number) =>
  Buffer.from('The quick brown fox jumps over the lazy dog. '.repeat(length)).subarray(0, length);
const inputs = [new Uint8Array(), text(1), text(100), text(200_000), bytes(300_000), Buffer.alloc(3_000_000)];
const brotli = typeof zlib.brotliCompressSync === 'function';
const formats: Record<string, { pack(data: Uint8Array): Buffer; unpack(data: Uint8Array): Buffer }> = {
  gzip: { pack: zlib.gzipSync, unpack: zlib.gunzipSync },
  deflate: { pack: zlib.deflateSync, unpack: zlib.inflateSync },
  'deflate-raw': { pack: zlib.deflateRawSync, unpack: zlib.inflateRawSync },
  ...(brotli && { brotli: { pack: zlib.brotliCompressSync, unpack: zlib.brotliDecompressSync } }),
};

function pieces(data: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += size) parts.push(data.subarray(at, at + size));
  return parts;
}

const same = (a: Uint8Array | string, b: Uint8Array) => typeof a !== 'string' && Buffer.compare(a, b) === 0;

describe.each(Object.keys(formats))('%s', (format) => {
  const { pack, unpack } = formats[format] as (typeof formats)[string];

  it('compresses what Node decompresses', async () => {
    const runtime = make({ web: true });
    for (const input of inputs) {
      for (const size of [Math.max(1, input.length), 1 + Math.floor(input.length / 5)]) {
        const packed = await through(runtime, `new CompressionStream('${format}')`, pieces(input, size));
        expect(typeof packed).toBe('object');
        expect(same(unpack(packed as Uint8Array), input)).toBe(true);
      }
    }
  });

  it('decompresses what Node compressed, in pieces of any size', async () => {
    const runtime = make({ web: true });
    for (const input of inputs) {
      const packed = pack(input);
      for (const size of [packed.length, 1 + Math.floor(packed.length / 7)].concat(packed.length < 300 ? 1 : [])) {
        const unpacked = await through(runtime, `new DecompressionStream('${format}')`, pieces(packed, size));
        expect([format, input.length, size, same(unpacked, input)]).toEqual([format, input.length, size, true]);
      }
    }
  });

  it('is a TypeError at both ends for data that is corrupt, too short or goes on', async () => {
    const runtime = make({ web: true });
    const packed = pack(text(5000));
    const wrong = Uint8Array.from(packed);
    wrong.fill(0xff, 0, 20);
    for (const chunks of [
      [wrong],
      [packed.subarray(0, packed.length - 1)],
      [packed.subarray(0, 5)],
      [],
      [Buffer.concat([packed, Buffer.from([0])])],
      [packed, Buffer.from([1, 2])],
    ]) {
      expect(await through(runtime, `new DecompressionStream('${format}')`, chunks)).toBe('TypeError');
    }
    // Nothing is not data.
    expect(
      same(await through(runtime, `new DecompressionStream('${format}')`, [packed, new Uint8Array()]), text(5000)),
    ).toBe(true);
  });
});

describe('compression streams', () => {
  it('check format, arguments and chunks', async () => {
    const runtime = make({ web: true });
    for (const of of ['CompressionStream', 'DecompressionStream']) {
      for (const expression of [
        `new ${of}()`,
        `new ${of}('a')`,
        `new ${of}('GZIP')`,
        `new ${of}('zstd')`,
        `${of}('gzip')`,
      ]) {
        expect(runtime.eval(`(() => { try { ${expression}; } catch (error) { return error.name; } })()`)).toBe(
          'TypeError',
        );
      }
      for (const chunk of ['undefined', 'null', '3', '{}', '"text"', '[1]', 'new SharedArrayBuffer(1)']) {
        expect(
          await runtime.evalAsync(`(async () => {
            const { readable, writable } = new ${of}('gzip');
            const writer = writable.getWriter();
            const read = readable.getReader().read().catch((error) => error.name);
            const write = writer.write(${chunk}).catch((error) => error.name);
            return [await read, await write, await writer.closed.catch((error) => error.name)];
          })()`),
        ).toEqual(['TypeError', 'TypeError', 'TypeError']);
      }
    }
    expect(
      runtime.eval(`[CompressionStream.length, CompressionStream.name, String(new CompressionStream('gzip')),
        Object.keys(CompressionStream.prototype), new DecompressionStream('gzip').readable instanceof ReadableStream]`),
    ).toEqual([1, 'CompressionStream', '[object CompressionStream]', ['readable', 'writable'], true]);
  });

  it('are what pipeThrough takes', async () => {
    expect(
      await make({ web: true }).evalAsync(`(async () => {
        const source = new ReadableStream({ start(c) { c.enqueue(new Uint8Array([1, 2, 3])); c.close(); } });
        const back = source.pipeThrough(new CompressionStream('gzip')).pipeThrough(new DecompressionStream('gzip'));
        const all = [];
        for await (const part of back) all.push(...part);
        return all;
      })()`),
    ).toEqual([1, 2, 3]);
  });

  it('a chunk that its writer changes or detaches while it waits is read as it was', async () => {
    expect(
      await make({ web: true, maxHeapSize: 64 * 2 ** 20 }).evalAsync(`(async () => {
        const pack = async (data) => {
          const { readable, writable } = new CompressionStream('deflate');
          const writer = writable.getWriter();
          writer.write(data); writer.close();
          const parts = [];
          for await (const part of readable) parts.push(part);
          return new Uint8Array(await new Promise((yes) => yes(parts.reduce((all, part) => [...all, ...part], []))));
        };
        const packed = await pack(new Uint8Array(1_000_000).fill(7));
        const { readable, writable } = new DecompressionStream('deflate');
        const writer = writable.getWriter();
        const reader = readable.getReader();
        const copy = packed.slice();
        const written = writer.write(copy);
        let length = (await reader.read()).value.length;
        structuredClone(copy.buffer, { transfer: [copy.buffer] });
        writer.close();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) break;
          if (value.some((byte) => byte !== 7)) return 'changed';
          length += value.length;
        }
        await written;
        return length;
      })()`),
    ).toBe(1_000_000);
  });

  it('cancel and abort end both sides and give the memory back', async () => {
    const runtime = make({ web: true });
    expect(
      await runtime.evalAsync(`(async () => {
        const results = [];
        for (const act of ['cancel', 'abort']) {
          const stream = new CompressionStream('gzip');
          const writer = stream.writable.getWriter();
          const reader = stream.readable.getReader();
          if (act === 'cancel') await reader.cancel('no more'); else await writer.abort('no more');
          results.push(await writer.write(new Uint8Array(1)).catch((reason) => reason),
            await reader.read().then(({ done }) => done, (reason) => reason));
        }
        return results;
      })()`),
    ).toEqual(['no more', true, 'no more', 'no more']);
  });
});
