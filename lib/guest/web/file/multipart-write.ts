/** A form as `multipart/form-data` (https://html.spec.whatwg.org/#multipart-form-data). */
import { dataOf } from './blob.ts';
import { BlobBuilder, type BlobData } from './blob-data.ts';
import type { FormEntry } from './form-data.ts';
import { encodeUtf8 } from './utf8.ts';

const lineBreaks = /\r\n?|\n/g;

const escapeName = (name: string) => name.replace(/\n/g, '%0A').replace(/\r/g, '%0D').replace(/"/g, '%22');

const digits = () =>
  Math.floor(Math.random() * 1e15)
    .toString()
    .padStart(15, '0');

export function writeMultipart(entries: readonly FormEntry[]): { data: BlobData; type: string } {
  const boundary = `----formdata-${digits()}${digits()}`;
  const builder = new BlobBuilder();
  let text = '';
  for (const [name, value] of entries) {
    text += `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name.replace(lineBreaks, '\r\n'))}"`;
    if (typeof value === 'string') {
      text += `\r\n\r\n${value.replace(lineBreaks, '\r\n')}\r\n`;
      continue;
    }
    text += `; filename="${escapeName(value.name)}"\r\nContent-Type: ${value.type || 'application/octet-stream'}\r\n\r\n`;
    builder.addBytes(encodeUtf8(text));
    builder.addData(dataOf(value));
    text = '\r\n';
  }
  // Browsers end it with a line break.
  builder.addBytes(encodeUtf8(`${text}--${boundary}--\r\n`));
  return { data: builder.build(), type: `multipart/form-data; boundary=${boundary}` };
}
