/** One direction of one format, in native code (native/web/zlib_ops.h). */
import { ops } from '../base/ops.ts';

/** By the numbers of native code. */
const formats = ['gzip', 'deflate', 'deflate-raw', 'brotli'] as const;
export type CompressionFormat = (typeof formats)[number];

/** Those that native code has: brotli not everywhere. */
export function formatsHere(): CompressionFormat[] {
  return formats.filter((_, number) => ops.zlib.has(number));
}

/** What a step came to. */
export interface Step {
  readonly output: Uint8Array | undefined;
  /** Bytes of the input that it took. */
  readonly taken: number;
  readonly state: 'hungry' | 'more' | 'ended';
}

const states = ['hungry', 'more', 'ended'] as const;

export class Codec {
  readonly #id: number;

  /** @throws RangeError there is no memory for it */
  constructor(format: CompressionFormat, compress: boolean) {
    this.#id = ops.zlib.open(this, formats.indexOf(format), compress);
  }

  /** Works on at most 64 kB of `bytes` from `at` on; `finish`: nothing follows them. Undefined: the data is corrupt. */
  step(bytes: Uint8Array, at: number, finish: boolean): Step | undefined {
    const output = ops.zlib.step(this.#id, bytes, at, finish);
    const status = ops.zlib.status();
    if (status < 0) return undefined;
    return { output, taken: status >> 2, state: states[status & 3] as Step['state'] };
  }

  close(): void {
    ops.zlib.close(this.#id);
  }
}
