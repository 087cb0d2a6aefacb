/** Blob (https://w3c.github.io/FileAPI/#blob-section). */
import { Kind } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import {
  bytesOf,
  defineInterface,
  isArrayBuffer,
  isObject,
  toBufferSource,
  toDictionary,
  toDOMString,
  toEnum,
  toLongLong,
  toSequence,
  toUSVString,
} from '../base/webidl.ts';
import type { ReadableStream } from '../streams/access.ts';
import { BlobBuilder, BlobData } from './blob-data.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

export let isBlob: (value: unknown) => value is Blob;
export let dataOf: (blob: Blob) => BlobData;
export let typeOf: (blob: Blob) => string;
export let makeBlob: (data: BlobData, type: string) => Blob;
/** For the constructor of a File. */
export let setContent: (blob: Blob, data: BlobData, type: string) => void;

const { isView } = ArrayBuffer;
const outsideAscii = /[^\x20-\x7e]/;

export const blobOptions = {
  endings: {
    to: (value: unknown, what: string) => toEnum(value, ['native', 'transparent'], what),
    default: 'transparent' as const,
  },
  type: { to: toDOMString, default: '' },
};

/** Lower case; nothing if it is no ASCII text. */
export const normalizeType = (type: string): string => (outsideAscii.test(type) ? '' : type.toLowerCase());

type Part = Blob | string | ArrayBuffer | ArrayBufferView;

export function toParts(value: unknown, what: string): Part[] {
  return toSequence(value, toPart, what);
}

function toPart(value: unknown, what: string): Part {
  if (isBlob(value)) return value;
  if (isView(value) || (isObject(value) && isArrayBuffer(value))) {
    return toBufferSource(value, what, { resizable: true, shared: false });
  }
  return toUSVString(value, what);
}

const lineEndings = /\r\n?|\n/g;

export function joinParts(parts: readonly Part[], endings: 'native' | 'transparent'): BlobData {
  const builder = new BlobBuilder();
  for (const part of parts) {
    if (typeof part === 'string') {
      builder.addBytes(encodeUtf8(endings === 'native' ? part.replace(lineEndings, '\n') : part));
    } else if (isBlob(part)) {
      builder.addData(dataOf(part));
    } else {
      builder.addBytes(bytesOf(part));
    }
  }
  return builder.build();
}

export class Blob {
  #data: BlobData = BlobData.empty;
  #type = '';

  constructor(parts: unknown = undefined, options: unknown = undefined) {
    const given = parts === undefined ? [] : toParts(parts, 'The first argument of new Blob');
    if (given.length === 0 && options === undefined) return;
    const { endings, type } = toDictionary(options, blobOptions, 'The options of new Blob');
    this.#data = joinParts(given, endings);
    this.#type = normalizeType(type);
  }

  get size(): number {
    return this.#data.size;
  }

  get type(): string {
    return this.#type;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const data = this.#data;
    return readData(data, (bytes) => bytes.buffer);
  }

  async bytes(): Promise<Uint8Array> {
    const data = this.#data;
    return readData(data, (bytes) => bytes);
  }

  slice(start: unknown = undefined, end: unknown = undefined, contentType: unknown = undefined): Blob {
    const { size } = this.#data;
    const from = place(start, 0, size, 'The start of a slice');
    const to = place(end, size, size, 'The end of a slice');
    const type = contentType === undefined ? '' : normalizeType(toDOMString(contentType, 'The type of a slice'));
    return makeBlob(this.#data.slice(from, Math.max(from, to)), type);
  }

  stream(): ReadableStream<Uint8Array> {
    return this.#data.stream();
  }

  async text(): Promise<string> {
    const data = this.#data;
    return readData(data, decodeUtf8);
  }

  static {
    isBlob = (value): value is Blob => isObject(value) && #data in value;
    dataOf = (blob) => blob.#data;
    typeOf = (blob) => blob.#type;
    setContent = (blob, data, type) => {
      blob.#data = data;
      blob.#type = type;
    };
    makeBlob = (data, type) => {
      const blob = new Blob();
      setContent(blob, data, type);
      return blob;
    };
  }
}

function readData<T>(data: BlobData, convert: (bytes: Uint8Array<ArrayBuffer>) => T): Promise<T> {
  return new Promise((resolve, reject) => data.read((bytes) => resolve(convert(bytes)), reject));
}

/** A position in a Blob; a negative one counts from its end. */
function place(value: unknown, missing: number, size: number, what: string): number {
  if (value === undefined) return missing;
  const given = toLongLong(value, what, { clamp: true });
  return given < 0 ? Math.max(size + given, 0) : Math.min(given, size);
}

defineInterface(Blob, {
  name: 'Blob',
  members: ['size', 'type', 'arrayBuffer', 'bytes', 'slice', 'stream', 'text'],
  lengths: { constructor: 0, slice: 0 },
  // Bytes of Blobs never change: the copy has the same.
  clone: (blob: Blob) => makeBlob(dataOf(blob), typeOf(blob)),
});

registerCrossing(isBlob, (blob) => [Kind.blob, typeOf(blob), dataOf(blob).toParts()]);
