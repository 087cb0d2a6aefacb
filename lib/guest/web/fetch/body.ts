/**
 * The body of a request or response (https://fetch.spec.whatwg.org/#bodies). One that was made of text, bytes or a Blob
 * becomes a stream only when somebody asks for the stream.
 */
import { bytesOf, isArrayBuffer, isObject, toBufferSource, toUSVString } from '../base/webidl.ts';
import { dataOf, isBlob } from '../file/blob.ts';
import { BlobData } from '../file/blob-data.ts';
import { entriesOf, isFormData } from '../file/form-data.ts';
import { writeMultipart } from '../file/multipart-write.ts';
import { encodeUtf8 } from '../file/utf8.ts';
import {
  disturb,
  isDisturbed,
  isLocked,
  isReadableStream,
  openReader,
  type ReadableStream,
  readAll,
} from '../streams/access.ts';
import { serializeSearchParams } from '../url/search-params.ts';
import { proxyStream, streamOf, teeForClone } from './body-streams.ts';

export type Source = string | Uint8Array<ArrayBuffer> | BlobData;

export class Body {
  /** What it was made of, while that says all of it. */
  #source: Source | undefined;
  #stream: ReadableStream | undefined;
  /** Read without a stream. */
  #used = false;
  /** Bytes of the source belong to a clone as well. */
  #shared = false;

  private constructor(source: Source | undefined, stream: ReadableStream | undefined) {
    this.#source = source;
    this.#stream = stream;
  }

  static ofSource(source: Source): Body {
    return new Body(source, undefined);
  }

  static ofStream(stream: ReadableStream): Body {
    return new Body(undefined, stream);
  }

  get stream(): ReadableStream {
    if (this.#stream) return this.#stream;
    const stream = streamOf(this.#used ? '' : (this.#source as Source));
    this.#stream = stream;
    if (this.#used) {
      // As it would be had it been read as a stream.
      disturb(stream);
      openReader(stream);
    }
    return stream;
  }

  get disturbed(): boolean {
    return this.#used || (this.#stream !== undefined && isDisturbed(this.#stream));
  }

  get unusable(): boolean {
    return this.#used || (this.#stream !== undefined && (isDisturbed(this.#stream) || isLocked(this.#stream)));
  }

  /** What it was made of, if nobody has a stream of it. */
  get source(): Source | undefined {
    return this.#stream || this.#used ? undefined : this.#source;
  }

  /** How many bytes it has, where that is known without looking. */
  get size(): number | undefined {
    const source = this.source;
    if (source === undefined) return undefined;
    if (typeof source === 'string') return encodeUtf8(source).byteLength;
    return source instanceof BlobData ? source.size : source.byteLength;
  }

  clone(): Body {
    const source = this.source;
    if (source !== undefined) {
      this.#shared = true;
      const copy = Body.ofSource(source);
      copy.#shared = true;
      return copy;
    }
    const [mine, other] = teeForClone(this.stream);
    this.#stream = mine;
    return Body.ofStream(other);
  }

  /** All of it goes into a new body; this one is read. */
  move(): Body {
    const source = this.source;
    if (source === undefined) return Body.ofStream(proxyStream(this.stream));
    this.#used = true;
    const moved = Body.ofSource(source);
    moved.#shared = this.#shared;
    return moved;
  }

  /**
   * Everything, as an array that nobody else has, or as the text that it was made of. With functions instead of a promise,
   * which guest code could get between.
   */
  read(done: (all: string | Uint8Array<ArrayBuffer>) => void, fail: (reason: unknown) => void): void {
    const source = this.source;
    if (source === undefined) {
      readBytes(this.stream, done, fail);
      return;
    }
    this.#used = true;
    if (typeof source === 'string') done(source);
    else if (source instanceof BlobData) source.read(done, fail);
    else done(this.#shared ? source.slice() : source);
  }
}

function readBytes(
  stream: ReadableStream,
  done: (bytes: Uint8Array<ArrayBuffer>) => void,
  fail: (reason: unknown) => void,
): void {
  const chunks: Uint8Array[] = [];
  let size = 0;
  readAll(stream, {
    chunk(chunk) {
      if (!isBytes(chunk)) throw new TypeError('A chunk of the body is no Uint8Array');
      chunks.push(chunk);
      size += chunk.byteLength;
    },
    close() {
      const bytes = new Uint8Array(size);
      let at = 0;
      for (const chunk of chunks) {
        bytes.set(chunk, at);
        at += chunk.byteLength;
      }
      done(bytes);
    },
    error: fail,
  });
}

const { apply, getOwnPropertyDescriptor } = Reflect;
const nameOfTypedArray = getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag)
  ?.get as () => string | undefined;

export const isBytes = (value: unknown): value is Uint8Array => apply(nameOfTypedArray, value, []) === 'Uint8Array';

/** Parameters as they were when they became a body. */
class Query {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What a body may be made of, converted. */
export type BodyInit = Exclude<ReturnType<typeof toBodyInit>, null>;

/** The union `BodyInit?`. */
export function toBodyInit(value: unknown, what: string) {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return toUSVString(value, what);
  if (isObject(value)) {
    if (isReadableStream(value) || isBlob(value) || isFormData(value)) return value;
    const query = serializeSearchParams(value);
    if (query !== undefined) return new Query(query);
    if (ArrayBuffer.isView(value) || isArrayBuffer(value)) return toBufferSource(value, what);
  }
  return toUSVString(value, what);
}

export interface Extracted {
  readonly body: Body;
  readonly type: string | null;
}

/** https://fetch.spec.whatwg.org/#concept-bodyinit-extract */
export function extractBody(init: BodyInit, keepalive = false): Extracted {
  if (typeof init === 'string') return { body: Body.ofSource(init), type: 'text/plain;charset=UTF-8' };
  if (isReadableStream(init)) {
    if (keepalive) throw new TypeError('A request with keepalive cannot have a stream as its body');
    if (isDisturbed(init) || isLocked(init))
      throw new TypeError('The stream of a body must not be locked or read from');
    return { body: Body.ofStream(init), type: null };
  }
  if (isBlob(init)) return { body: Body.ofSource(dataOf(init)), type: init.type === '' ? null : init.type };
  if (isFormData(init)) {
    const { data, type } = writeMultipart(entriesOf(init));
    return { body: Body.ofSource(data), type };
  }
  if (init instanceof Query) {
    return { body: Body.ofSource(init.text), type: 'application/x-www-form-urlencoded;charset=UTF-8' };
  }
  return {
    body: Body.ofSource(bytesOf(init as ArrayBuffer | ArrayBufferView).slice() as Uint8Array<ArrayBuffer>),
    type: null,
  };
}
