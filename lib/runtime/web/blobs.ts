import { Blob, File } from 'node:buffer';
import type { BlobPiece } from '../../shared/web/parts.ts';
import { maxBlobRead } from '../../shared/web/parts.ts';
import type { HostFunction } from '../host-function.ts';
import { count, list, odd, text } from './check-parts.ts';

const shared = new WeakMap<ArrayBufferLike, Blob>();

/** A buffer that stands at many places of a message is copied once: Blobs share what they are made of. */
export function sharedBytes({ buffer, byteOffset, byteLength }: Uint8Array): Blob {
  let whole = shared.get(buffer);
  if (!whole) {
    whole = new Blob([buffer as ArrayBuffer]);
    shared.set(buffer, whole);
  }
  return byteLength === whole.size ? whole : whole.slice(byteOffset, byteOffset + byteLength);
}

/**
 * Blobs of the host stay there: one guest has a function that reads of each. Those of the guest arrive with their bytes.
 */
export class Blobs {
  readonly #most: number;
  readonly #readers = new WeakMap<Blob, HostFunction>();
  readonly #blobs = new WeakMap<object, Blob>();

  /** `limit`: bytes that a message of the guest may cost. */
  constructor(limit: number) {
    this.#most = Math.max(1, Math.min(maxBlobRead, Math.floor(limit / 2)));
  }

  /** What a Blob leaves as. */
  pieces(blob: Blob): BlobPiece[] {
    return blob.size === 0 ? [] : [[this.#readerOf(blob) as never, 0, blob.size]];
  }

  blob(type: unknown, pieces: unknown): Blob {
    return new Blob(this.#parts(pieces), { type: text(type) });
  }

  file(type: unknown, pieces: unknown, name: unknown, lastModified: unknown): File {
    return new File(this.#parts(pieces), text(name), { type: text(type), lastModified: count(lastModified) });
  }

  #parts(pieces: unknown): Blob[] {
    return list(pieces).map((piece) => {
      if (piece instanceof Uint8Array) return sharedBytes(piece);
      const [read, start, end] = list(piece);
      const blob = typeof read === 'function' ? this.#blobs.get(read) : undefined;
      if (!blob) throw odd('bytes of a Blob');
      return blob.slice(count(start), count(end));
    });
  }

  #readerOf(blob: Blob): HostFunction {
    const known = this.#readers.get(blob);
    if (known) return known;
    const most = this.#most;
    const read = async (start: unknown, end: unknown): Promise<Uint8Array> => {
      const from = count(start);
      const to = Math.min(count(end), from + most);
      return new Uint8Array(await blob.slice(from, to).arrayBuffer());
    };
    this.#readers.set(blob, read);
    this.#blobs.set(read, blob);
    return read;
  }
}
