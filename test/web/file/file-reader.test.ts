import { Runtime } from 'isolet';
import { describe, expect, test } from 'vitest';
import { inGuest } from '../oracle.ts';

/** For the guest: reads, and answers what happened in which order. */
const helpers = `
  const names = ['loadstart', 'progress', 'load', 'abort', 'error', 'loadend'];
  const watch = (reader, seen) => {
    for (const name of names) reader.addEventListener(name, (event) => seen.push(\`\${name} \${reader.readyState} \${event.loaded}/\${event.total}\`));
  };
  const read = (blob, method, ...args) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onloadend = () => resolve(reader.result ?? reader.error.name);
    reader[method](blob, ...args);
  });
`;

describe('FileReader', () => {
  test('tells of a read in the order of the standard, of an empty Blob without progress', async () => {
    const seen = await inGuest(`${helpers}
      const seen = [[], []];
      for (const [i, blob] of [new Blob(['abcd']), new Blob()].entries()) {
        const reader = new FileReader();
        watch(reader, seen[i]);
        reader.readAsText(blob);
        seen[i].push('begun ' + reader.readyState);
        await new Promise((resolve) => { reader.onloadend = resolve; });
      }
      return seen;
    `);
    expect(seen).toEqual([
      ['begun 1', 'loadstart 1 0/4', 'progress 1 4/4', 'load 2 4/4', 'loadend 2 4/4'],
      ['begun 1', 'loadstart 1 0/0', 'load 2 0/0', 'loadend 2 0/0'],
    ]);
  });

  test('gives the bytes in each form', async () => {
    const seen = await inGuest(`${helpers}
      const blob = new Blob([new Uint8Array([0, 255, 65]), 'ü'], { type: 'A/B' });
      const buffer = await read(blob, 'readAsArrayBuffer');
      const long = new Blob([new Uint8Array(20_000).map((_, i) => i)]);
      const url = await read(long, 'readAsDataURL');
      return [[...new Uint8Array(buffer)], await read(blob, 'readAsBinaryString'), await read(blob, 'readAsDataURL'),
        atob(url.slice(url.indexOf(',') + 1)) === await read(long, 'readAsBinaryString'), await read(new Blob(['x']), 'readAsDataURL')];
    `);
    expect(seen).toEqual([
      [0, 255, 65, 195, 188],
      '\0\xffA\xc3\xbc',
      'data:a/b;base64,AP9Bw7w=',
      true,
      'data:application/octet-stream;base64,eA==',
    ]);
  });

  test('decodes by the byte order mark, the label, the type, else as UTF-8', async () => {
    const seen = await inGuest(`${helpers}
      const of = (bytes, label, type) => read(new Blob([new Uint8Array(bytes)], { type }), 'readAsText', label);
      return [await of([0xfe, 0xff, 0, 65], 'utf-8'), await of([0xff, 0xfe, 65, 0], 'koi8-r'), await of([0xef, 0xbb, 0xbf, 65], 'utf-16le'),
        await of([65, 0], 'utf-16le'), await of([0xc1], 'koi8-r'), await of([0xc1], 'no such label', 'text/plain;charset=koi8-r'),
        await of([0xc3, 0xbc], undefined, 'text/plain;charset=nothing'), await of([0xc3])];
    `);
    expect(seen).toEqual(['A', 'A', 'A', 'A', 'а', 'а', 'ü', '\ufffd']);
  });

  test('reads one Blob at a time, and another after an abort', async () => {
    const seen = await inGuest(`${helpers}
      const seen = [];
      const reader = new FileReader();
      reader.abort();
      seen.push(reader.readyState, reader.result);
      watch(reader, seen);
      reader.readAsText(new Blob(['first']));
      try { reader.readAsText(new Blob(['second'])); } catch (error) { seen.push(error.name); }
      reader.onabort = () => { reader.onabort = null; reader.readAsText(new Blob(['third'])); };
      reader.abort();
      await new Promise((resolve) => { reader.onload = resolve; });
      seen.push(reader.result);
      reader.onloadstart = () => reader.abort();
      reader.readAsText(new Blob(['fourth']));
      await new Promise((resolve) => { reader.onabort = resolve; });
      seen.push(reader.result, reader.error);
      return seen;
    `);
    expect(seen).toEqual([
      0,
      null,
      'InvalidStateError',
      'abort 2 0/5',
      'loadstart 1 0/5',
      'progress 1 5/5',
      'load 2 5/5',
      'third',
      // No loadend of the third: the fourth has begun by then.
      'loadstart 1 0/6',
      'abort 2 0/6',
      'loadend 2 0/6',
      null,
      null,
    ]);
  });

  test('refuses what is no Blob, another this, and being called', async () => {
    const seen = await inGuest(`
      const reader = new FileReader();
      return [await thrown(() => reader.readAsText()), await thrown(() => reader.readAsText('text')), await thrown(() => reader.readAsText(new Blob(), Symbol())),
        await thrown(() => FileReader.prototype.abort.call({})), await thrown(() => FileReader.prototype.readyState), await thrown(() => FileReader()),
        reader.readyState, FileReader.LOADING, reader.DONE, Object.prototype.toString.call(reader), FileReader.length, reader instanceof EventTarget];
    `);
    expect(seen).toEqual([...Array.from({ length: 6 }, () => 'TypeError'), 0, 1, 2, '[object FileReader]', 0, true]);
  });

  test('reads a Blob of the host, where FileReaderSync can not', async () => {
    using runtime = new Runtime({ web: true });
    runtime.bindFunction('blobOfHost', () => new Blob(['x'.repeat(300_000), 'end'], { type: 'text/plain' }));
    const seen = await runtime.evalAsync(`(async () => {${helpers}
      const blob = blobOfHost();
      const text = await read(blob, 'readAsText');
      let error;
      try { new FileReaderSync().readAsText(blob); } catch (thrown) { error = thrown; }
      return [text.length, text.slice(-4), error?.name];
    })()`);
    expect(seen).toEqual([300_003, 'xend', 'NotReadableError']);
  });

  test('a flood of reads is refused with nothing begun, and ends', async () => {
    const seen = await inGuest(`
      const blob = new Blob(['x']);
      const readers = [];
      let error, ends = 0;
      for (let i = 0; i < 100_000 && !error; i++) {
        const reader = new FileReader();
        reader.onloadend = () => ends++;
        try { reader.readAsText(blob); readers.push(reader); } catch (thrown) { error = [thrown.name, reader.readyState]; }
      }
      while (ends < readers.length) await new Promise((resolve) => setTimeout(resolve, 1));
      return [error, readers.every((reader) => reader.result === 'x')];
    `);
    expect(seen).toEqual([['RangeError', 0], true]);
  });

  test('a listener that reads again and again stops with its call', async () => {
    using runtime = new Runtime({ web: true });
    const running = runtime.evalAsync(
      `new Promise(() => {
        const reader = new FileReader();
        const blob = new Blob(['x']);
        reader.onload = () => reader.readAsText(blob);
        reader.readAsText(blob);
      })`,
      { timeout: 200 },
    );
    await expect(running).rejects.toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    expect(runtime.eval('new FileReader().readyState')).toBe(0);
  });

  test('what has no room is an error event', async () => {
    const seen = await inGuest(
      `${helpers}
      const piece = new Blob([new Uint8Array(1024 * 1024)]);
      let whole = piece;
      for (let i = 0; i < 9; i++) whole = new Blob([whole, whole]);
      return [await read(whole, 'readAsArrayBuffer'), await read(piece.slice(0, 3), 'readAsText')];
    `,
      { maxHeapSize: 32 * 1024 * 1024 },
    );
    expect(seen).toEqual(['NotReadableError', '\0\0\0']);
  });
});

describe('FileReaderSync', () => {
  test('gives the bytes in each form', async () => {
    const seen = await inGuest(`
      const reader = new FileReaderSync();
      const blob = new Blob(['aü'], { type: 'text/plain' });
      return [[...new Uint8Array(reader.readAsArrayBuffer(blob))], reader.readAsBinaryString(blob), reader.readAsDataURL(blob), reader.readAsText(blob),
        reader.readAsText(blob, 'latin1'), await thrown(() => reader.readAsText({})), await thrown(() => FileReaderSync.prototype.readAsText.call({}, blob))];
    `);
    expect(seen).toEqual([
      [97, 195, 188],
      'a\xc3\xbc',
      'data:text/plain;base64,YcO8',
      'aü',
      'aÃ¼',
      'TypeError',
      'TypeError',
    ]);
  });
});

describe('ProgressEvent', () => {
  test('has what its dictionary says', async () => {
    const seen = await inGuest(`
      const event = new ProgressEvent('x', { lengthComputable: 1, loaded: 1.5, total: '3', cancelable: true });
      const bare = new ProgressEvent('y');
      return [event.lengthComputable, event.loaded, event.total, event.cancelable, event.isTrusted, bare.lengthComputable, bare.loaded, bare.total,
        await thrown(() => new ProgressEvent('x', { loaded: NaN })), await thrown(() => new ProgressEvent()), event instanceof Event];
    `);
    expect(seen).toEqual([true, 1.5, 3, true, false, false, 0, 0, 'TypeError', 'TypeError', true]);
  });
});
