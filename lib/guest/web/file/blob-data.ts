/** The bytes behind a Blob: pieces that never change, so that slices and Blobs of Blobs share them. */

import { type BlobPiece, maxBlobRead } from '../../../shared/web/parts.ts';
import type { ReadableStream } from '../streams/access.ts';
import { closeBytes, makeByteStream } from '../streams/byte-stream.ts';

/** Reads bytes that the host has, at most `maxBlobRead` at a time. */
type RemoteRead = (start: number, end: number) => Promise<Uint8Array>;

interface RemotePiece {
  readonly remote: RemoteRead;
  readonly start: number;
  readonly byteLength: number;
}

export type Piece = Uint8Array | RemotePiece;

const { isView } = ArrayBuffer;
const isLocal = (piece: Piece): piece is Uint8Array => isView(piece);

/** What a stream of a Blob gives at a time. */
export const chunkBytes = 65_536;

export class BlobData {
  readonly size: number;
  readonly pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
    let size = 0;
    for (const piece of pieces) size += piece.byteLength;
    this.size = size;
  }

  static readonly empty = new BlobData([]);

  slice(start: number, end: number): BlobData {
    const pieces: Piece[] = [];
    let at = 0;
    for (const piece of this.pieces) {
      const from = Math.max(start - at, 0);
      const to = Math.min(end - at, piece.byteLength);
      at += piece.byteLength;
      if (from < to) pieces.push(cut(piece, from, to));
      if (at >= end) break;
    }
    return new BlobData(pieces);
  }

  get isLocal(): boolean {
    return this.pieces.every(isLocal);
  }

  /** All of it where all of it is here, as an array that nobody else has. */
  join(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let at = 0;
    for (const piece of this.pieces) {
      bytes.set(piece as Uint8Array, at);
      at += piece.byteLength;
    }
    return bytes;
  }

  /**
   * All of it as one array that nobody else has. With functions instead of a promise, which guest code could get between.
   * `progress` hears how much is there after each piece; when it answers false, that was all.
   */
  read(
    done: (bytes: Uint8Array<ArrayBuffer>) => void,
    fail: (reason: unknown) => void,
    progress?: (loaded: number) => boolean,
  ): void {
    const bytes = new Uint8Array(this.size);
    const cursor = new Cursor(this.pieces);
    let at = 0;
    const put = (chunk: Uint8Array): boolean => {
      bytes.set(chunk, at);
      at += chunk.byteLength;
      return progress?.(at) ?? true;
    };
    const step = (): void => {
      for (;;) {
        const next = cursor.next(maxBlobRead, false);
        if (!next) {
          done(bytes);
          return;
        }
        if (isView(next)) {
          if (!put(next)) return;
        } else {
          next.then((chunk) => {
            if (put(chunk)) step();
          }, fail);
          return;
        }
      }
    };
    step();
  }

  /** As it crosses: bytes, and what is the host's as what the host knows it by. */
  toParts(): BlobPiece[] {
    const parts: BlobPiece[] = [];
    for (let i = 0; i < this.pieces.length; i++) {
      const piece = this.pieces[i] as Piece;
      if (!isLocal(piece)) parts[i] = [piece.remote, piece.start, piece.start + piece.byteLength];
      // Of a slice not all that it is a slice of.
      else parts[i] = piece.byteLength === piece.buffer.byteLength ? piece : piece.slice();
    }
    return parts;
  }

  /** A byte stream that makes each chunk when somebody asks for it. */
  stream(): ReadableStream<Uint8Array> {
    const cursor = new Cursor(this.pieces);
    return makeByteStream({
      pull(controller) {
        const next = cursor.next(chunkBytes, true);
        if (!next) return closeBytes(controller);
        if (isView(next)) return controller.enqueue(next);
        return next.then((chunk) => controller.enqueue(chunk));
      },
    });
  }
}

/** Goes through pieces. */
class Cursor {
  readonly #pieces: readonly Piece[];
  #index = 0;
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  /** The next bytes, at most `limit` of them: a copy, or only a view of those that are here. Undefined: no more. */
  next(limit: number, copy: boolean): Uint8Array | Promise<Uint8Array> | undefined {
    const piece = this.#pieces[this.#index];
    if (!piece) return undefined;
    const from = this.#at;
    const to = Math.min(from + limit, piece.byteLength);
    if (isLocal(piece)) {
      this.#advance(piece, to);
      return copy ? piece.slice(from, to) : piece.subarray(from, to);
    }
    return piece.remote(piece.start + from, piece.start + to).then((chunk) => {
      if (chunk.byteLength === 0 || chunk.byteLength > to - from) {
        throw new TypeError('The bytes of a Blob of the host are gone');
      }
      this.#advance(piece, from + chunk.byteLength);
      return chunk;
    });
  }

  #advance(piece: Piece, at: number): void {
    this.#at = at;
    if (at < piece.byteLength) return;
    this.#index++;
    this.#at = 0;
  }
}

function cut(piece: Piece, from: number, to: number): Piece {
  if (isLocal(piece)) return piece.subarray(from, to);
  return { remote: piece.remote, start: piece.start + from, byteLength: to - from };
}

/** Collects what a Blob is made of: small local parts become one piece. */
export class BlobBuilder {
  readonly #pieces: Piece[] = [];
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;

  /** Bytes that may change later: they are copied when the piece is made, which is before guest code runs again. */
  addBytes(bytes: Uint8Array): void {
    if (bytes.byteLength === 0) return;
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.byteLength;
  }

  addData(data: BlobData): void {
    this.#flush();
    for (const piece of data.pieces) this.#pieces.push(piece);
  }

  build(): BlobData {
    this.#flush();
    return this.#pieces.length === 0 ? BlobData.empty : new BlobData(this.#pieces);
  }

  #flush(): void {
    if (this.#waitingBytes === 0) return;
    const joined = new Uint8Array(this.#waitingBytes);
    let at = 0;
    for (const bytes of this.#waiting) {
      joined.set(bytes, at);
      at += bytes.byteLength;
    }
    this.#pieces.push(joined);
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
