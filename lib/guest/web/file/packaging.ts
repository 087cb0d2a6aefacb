/** What readers make of the bytes of a Blob (https://w3c.github.io/FileAPI/#blob-package-data). */
import { ops } from '../base/ops.ts';
import { type Encoding, encodingOf, utf8 } from '../encoding/labels.ts';
import { legacyDecoder } from '../encoding/legacy.ts';
import { parseMimeType } from '../fetch/mime-type.ts';

export interface Package {
  readonly as: 'ArrayBuffer' | 'BinaryString' | 'DataURL' | 'Text';
  /** The type of the Blob. */
  readonly type: string;
  /** An encoding that the caller has named. */
  readonly label: string | undefined;
}

export function packageData(bytes: Uint8Array<ArrayBuffer>, { as, type, label }: Package): string | ArrayBuffer {
  switch (as) {
    case 'ArrayBuffer':
      return bytes.buffer;
    case 'BinaryString':
      return binaryString(bytes);
    case 'DataURL':
      return `data:${type || 'application/octet-stream'};base64,${ops.base64.encode(binaryString(bytes)) as string}`;
    case 'Text':
      return decode(bytes, marked(bytes) ?? named(label) ?? named(charsetOf(type)) ?? utf8);
  }
}

const { apply } = Reflect;
const { fromCharCode } = String;
/** What is passed as arguments at a time: they stand on the stack. */
const pieceBytes = 8192;

/** A character for each byte. */
function binaryString(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) {
    text += apply(fromCharCode, undefined, bytes.subarray(at, at + pieceBytes));
  }
  return text;
}

function decode(bytes: Uint8Array, { name, number }: Encoding): string {
  if (number !== undefined) return ops.text.decode(number, bytes, 0, undefined) as string;
  return legacyDecoder(name, false)(bytes, false) as string;
}

/** What a byte order mark says comes before anything else. */
function marked(bytes: Uint8Array): Encoding | undefined {
  const [first, second, third] = bytes;
  if (first === 0xef && second === 0xbb && third === 0xbf) return utf8;
  if (first === 0xfe && second === 0xff) return encodingOf('utf-16be');
  if (first === 0xff && second === 0xfe) return encodingOf('utf-16le');
  return undefined;
}

const named = (label: string | undefined) => (label === undefined ? undefined : encodingOf(label));
const charsetOf = (type: string) => parseMimeType(type)?.parameters.get('charset');
