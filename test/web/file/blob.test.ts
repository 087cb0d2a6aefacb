import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

describe('Blob and File', () => {
  test('are made of every kind of part', () =>
    sameAsNode(`
      const inner = new Blob(['<', new Uint8Array([65, 66, 67, 68]).subarray(1, 3), '>']);
      const blob = new Blob(['ü\\ud800', inner, new ArrayBuffer(2), new DataView(new ArrayBuffer(3), 1), 12, { toString: () => 'o' }, new File(['f'], 'n'),
        inner.slice(1, -1)], { type: 'TEXT/Plain;X' });
      return [blob.size, blob.type, await bytes(blob), new Blob([], { type: 'a\\u00ff' }).type, new Blob(new Set(['a', 'b'])).size];
    `));

  test('slice like Node', () =>
    sameAsNode(`
      const blob = new Blob(['0123', new Blob(['456']), '789'], { type: 'a/b' });
      const seen = [];
      for (const args of [[], [2], [2, 5], [-3], [-5, -2], [5, 2], [0, 100], [undefined, 3, 'X/Y'], [3, undefined], [-1000], [1, 2, 'é']]) {
        const slice = blob.slice(...args);
        seen.push([slice.size, slice.type, await slice.text()]);
      }
      seen.push(await blob.slice(1, 9).slice(2, 5).text());
      return seen;
    `));

  test('slice at what becomes a whole number', async () => {
    const seen = await inGuest(`
      const blob = new Blob(['0123456789']);
      const cuts = [[NaN, Infinity], ['1', '4'], [1.7, 4.2], [null, null], [-Infinity, 2], [2 ** 60]];
      return Promise.all(cuts.map((args) => blob.slice(...args).text()));
    `);
    expect(seen).toEqual(['0123456789', '123', '23', '', '01', '']);
  });

  test('refuse what Node refuses', () =>
    sameAsNode(`
      const seen = [];
      for (const parts of [1, null, 'text', {}, () => {}, [Symbol()], undefined, [], new String('ab')]) seen.push(await thrown(() => new Blob(parts)));
      for (const options of [1, 'x', null, undefined, {}, { endings: 'x' }, { endings: 'native' }, { type: Symbol() }]) seen.push(await thrown(() => new Blob([], options)));
      seen.push(await thrown(() => new File([])), await thrown(() => new File()), await thrown(() => File([], 'x')), await thrown(() => Blob()));
      seen.push(await rejects(Blob.prototype.text.call({})), await thrown(() => Blob.prototype.slice.call({})));
      return seen;
    `));

  test('files have a name and a time', () =>
    sameAsNode(`
      const before = Date.now();
      const file = new File(['x'], 'a/b:ü\\ud800', { lastModified: 12, type: 'A/B' });
      const now = new File([], 'n').lastModified;
      return [file.name, file.lastModified, file.type, file.size, now >= before, now <= Date.now(), file instanceof Blob, String(file),
        new File([], 'x', { lastModified: 'y' }).lastModified, await file.text(), file.slice(0) instanceof File];
    `));

  test('the stream of a Blob is a byte stream that makes its chunks when they are wanted', async () => {
    const seen = await inGuest(`
      const blob = new Blob([new Uint8Array(100_000).fill(1), new Uint8Array(50_000).fill(2)]);
      const sizes = [];
      for await (const chunk of blob.stream()) sizes.push([chunk.byteLength, chunk[0], chunk.at(-1)]);
      const reader = blob.stream().getReader({ mode: 'byob' });
      const first = await reader.read(new Uint8Array(10));
      return [sizes, first.value.length, first.value[0], await blob.stream().cancel('x')];
    `);
    expect(seen).toEqual([
      [
        [65536, 1, 1],
        [65536, 1, 2],
        [18928, 2, 2],
      ],
      10,
      1,
      undefined,
    ]);
  });

  test('a Blob does not change with what it was made of, nor with what was read of it', () =>
    sameAsNode(`
      const source = new Uint8Array([1, 2, 3]);
      const blob = new Blob([source]);
      source.fill(9);
      const read = new Uint8Array(await blob.arrayBuffer());
      read.fill(8);
      for await (const chunk of blob.stream()) chunk.fill(7);
      return bytes(blob);
    `));

  test('a Blob of Blobs of Blobs costs what it holds of bytes, not what it stands for', async () => {
    const size = await inGuest(`
      let blob = new Blob([new Uint8Array(1024)]);
      for (let i = 0; i < 12; i++) blob = new Blob([blob, blob]);
      return blob.size;
    `);
    expect(size).toBe(1024 * 4096);
  });

  test('more than the guest may hold is an error of the guest', async () => {
    const name = await inGuest(
      `let blob = new Blob([new Uint8Array(1 << 20)]);
       for (let i = 0; i < 10; i++) blob = new Blob([blob, blob]);
       return rejects(blob.arrayBuffer());`,
      { maxHeapSize: 64 * 1024 * 1024 },
    );
    expect(name).toBe('RangeError');
  });
});
