import { describe, expect, test } from 'vitest';
import { inGuest, sameAsNode } from '../oracle.ts';

const show = `
  const show = async (form) => {
    const entries = [];
    for (const [name, value] of form) entries.push([name, typeof value === 'string' ? value : [value.name, value.type, await value.text(), String(value)]]);
    return entries;
  };
`;

describe('FormData', () => {
  test('appends, sets, deletes and finds like Node', () =>
    sameAsNode(`${show}
      const form = new FormData();
      form.append('a', 1);
      form.append('b', '\\ud800');
      form.append('a', new Blob(['x'], { type: 't/y' }));
      form.append('f', new File(['y'], 'old', { type: 'q/r' }), 'new');
      form.append('g', new File(['z'], 'kept'));
      form.append('a', 'last');
      const seen = [await show(form), form.get('a'), form.getAll('a').length, form.has('b'), form.get('none'), form.getAll('none')];
      form.set('a', 'only');
      form.set('new', new Blob([]), 'name');
      form.delete('g');
      seen.push(await show(form), [...form.keys()], String(form), FormData.name);
      return seen;
    `));

  test('refuses what Node refuses', () =>
    sameAsNode(`
      const form = new FormData();
      return [await thrown(() => new FormData(null)), await thrown(() => new FormData({})), await thrown(() => new FormData(undefined)),
        await thrown(() => form.append('a')), await thrown(() => form.append('a', 'b', 'c')), await thrown(() => form.set('a', {}, 'c')),
        await thrown(() => form.get()), await thrown(() => FormData.prototype.get.call({}, 'a')), await thrown(() => FormData())];
    `));

  test('what iterates over it sees what changes', () =>
    sameAsNode(`
      const form = new FormData();
      form.append('a', '1');
      form.append('b', '2');
      const seen = [];
      for (const [name] of form) {
        seen.push(name);
        if (name === 'a') form.append('c', '3');
      }
      form.forEach((value, name) => seen.push(value + name));
      return seen;
    `));

  test('becomes multipart/form-data with line ends and quotes as the standard says, and is read again', async () => {
    const [text, type, entries] = await inGuest<[string, string, unknown]>(`${show}
      const form = new FormData();
      form.append('a"\\n', 'x\\ny\\rz\\r\\n');
      form.append('f', new File(['b\\n'], 'na"me\\r\\n.txt', { type: 'text/x' }));
      form.append('g', new Blob([new Uint8Array([0, 255])]));
      const response = new Response(form);
      const copy = response.clone();
      return [await response.text(), response.headers.get('content-type'), await show(await copy.formData())];
    `);
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(type)?.[1] as string;
    expect(text.split(`--${boundary}`)).toEqual([
      '',
      '\r\nContent-Disposition: form-data; name="a%22%0D%0A"\r\n\r\nx\r\ny\r\nz\r\n\r\n',
      '\r\nContent-Disposition: form-data; name="f"; filename="na%22me%0D%0A.txt"\r\nContent-Type: text/x\r\n\r\nb\n\r\n',
      '\r\nContent-Disposition: form-data; name="g"; filename="blob"\r\nContent-Type: application/octet-stream\r\n\r\n\0\uFFFD\r\n',
      '--\r\n',
    ]);
    expect(entries).toEqual([
      ['a"\r\n', 'x\r\ny\r\nz\r\n'],
      ['f', ['na"me\r\n.txt', 'text/x', 'b\n', '[object File]']],
      ['g', ['blob', 'application/octet-stream', '\0\uFFFD', '[object File]']],
    ]);
  });

  test('Node reads what a guest writes', async () => {
    const [bytes, type] = await inGuest<[ArrayBuffer, string]>(`
      const form = new FormData();
      form.append('ü', 'ä\\nb');
      form.append('f', new File([new Uint8Array([0, 1, 255])], 'n€.bin', { type: 'application/x' }));
      const response = new Response(form);
      return [await response.arrayBuffer(), response.headers.get('content-type')];
    `);
    const form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
    expect(form.get('ü')).toBe('ä\r\nb');
    const file = form.get('f') as File;
    expect([file.name, file.type, [...new Uint8Array(await file.arrayBuffer())]]).toEqual([
      'n€.bin',
      'application/x',
      [0, 1, 255],
    ]);
  });
});
