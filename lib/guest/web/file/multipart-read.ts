/** Reads `multipart/form-data` (https://www.rfc-editor.org/rfc/rfc7578), as bodies' `formData()` needs it. */
import { BlobBuilder } from './blob-data.ts';
import { makeFile } from './file.ts';
import type { FormEntry } from './form-data.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

const lf = 10;
const cr = 13;
const dash = 45;
const maxPartHeaders = 16_384;

const wrong = (problem: string) => new TypeError(`The body is no multipart/form-data: ${problem}`);

/** Where `pattern` begins in `bytes` at or after `from`, or -1. */
function indexOf(bytes: Uint8Array, pattern: Uint8Array, from: number): number {
  const first = pattern[0] as number;
  const last = bytes.length - pattern.length;
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= last; at = bytes.indexOf(first, at + 1)) {
    let i = 1;
    while (i < pattern.length && bytes[at + i] === pattern[i]) i++;
    if (i === pattern.length) return at;
  }
  return -1;
}

interface PartHead {
  name: string;
  filename: string | undefined;
  type: string;
}

const nameOf = /(?:^|[;\s])name="([^"]*)"/i;
const filenameOf = /(?:^|[;\s])filename="([^"]*)"/i;
const unescapeName = (text: string) => text.replace(/%0A/gi, '\n').replace(/%0D/gi, '\r').replace(/%22/g, '"');

function readHead(text: string): PartHead {
  let name: string | undefined;
  let filename: string | undefined;
  let type: string | undefined;
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) throw wrong('a part has a header without a name');
    const key = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    if (key === 'content-disposition') {
      if (!/^form-data(?:\s*;|$)/i.test(value)) throw wrong("a part is not 'form-data'");
      name = nameOf.exec(value)?.[1];
      filename = filenameOf.exec(value)?.[1];
    } else if (key === 'content-type') {
      type = value;
    }
  }
  if (name === undefined) throw wrong('a part has no name');
  return {
    name: unescapeName(name),
    filename: filename === undefined ? undefined : unescapeName(filename),
    type: type ?? 'text/plain',
  };
}

const isLineBreak = (bytes: Uint8Array, at: number) => bytes[at] === cr && bytes[at + 1] === lf;

/** @throws TypeError it is no such body */
export function readMultipart(bytes: Uint8Array, boundary: string): FormEntry[] {
  const delimiter = encodeUtf8(`--${boundary}`);
  const between = encodeUtf8(`\r\n--${boundary}`);
  const headEnd = encodeUtf8('\r\n\r\n');
  const entries: FormEntry[] = [];
  // A preamble is allowed.
  let at = 0;
  if (indexOf(bytes.subarray(0, delimiter.length), delimiter, 0) !== 0) {
    const start = indexOf(bytes, between, 0);
    if (start < 0) throw wrong('its boundary is nowhere');
    at = start + 2;
  }
  for (;;) {
    at += delimiter.length;
    if (bytes[at] === dash && bytes[at + 1] === dash) return entries;
    while (bytes[at] === 32 || bytes[at] === 9) at++;
    if (!isLineBreak(bytes, at)) throw wrong('a boundary is followed by something else');
    at += 2;
    const end = indexOf(bytes, headEnd, at);
    if (end < 0 || end - at > maxPartHeaders) throw wrong('the headers of a part do not end');
    const head = readHead(decodeUtf8(bytes.subarray(at, end), true));
    const start = end + headEnd.length;
    // An empty part may have the next boundary right behind its headers.
    const next = indexOf(bytes, between, start - 2);
    if (next < 0) throw wrong('it ends inside a part');
    entries.push(toEntry(head, bytes.subarray(start, Math.max(next, start))));
    at = next + 2;
  }
}

function toEntry(head: PartHead, content: Uint8Array): FormEntry {
  if (head.filename === undefined) return [head.name, decodeUtf8(content, true)];
  const builder = new BlobBuilder();
  builder.addBytes(content);
  return [head.name, makeFile(builder.build(), head.type.toLowerCase(), head.filename, Date.now())];
}
