/** The encodings that only old documents have: a program of its own, loaded when the first of them is asked for. */
import { ops } from '../base/ops.ts';

/** Undefined: the bytes are malformed, and the decoder is fatal. */
export type LegacyDecoder = (bytes: Uint8Array, stream: boolean) => string | undefined;

/** lib/guest/legacy-encodings.ts. */
interface LegacyEncodings {
  makeDecoder(name: string, fatal: boolean): LegacyDecoder;
}

let encodings: LegacyEncodings | undefined;

export function legacyDecoder(name: string, fatal: boolean): LegacyDecoder {
  encodings ??= ops.libraries.load('legacy-encodings') as LegacyEncodings;
  return encodings.makeDecoder(name, fatal);
}
