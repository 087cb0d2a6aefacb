/**
 * Decoders of the encodings that the web keeps for old documents, by @exodus/bytes: evaluated in a guest that asks for the
 * first of them.
 */
import { createMultibyteDecoder } from '@exodus/bytes/multi-byte.js';
import { createSinglebyteDecoder } from '@exodus/bytes/single-byte.js';

const multiByte = new Set(['big5', 'euc-jp', 'euc-kr', 'gb18030', 'gbk', 'iso-2022-jp', 'shift_jis']);

/** What the package throws. */
const malformed = 'Input is not well-formed for this encoding';

type Decode = (bytes: Uint8Array, stream?: boolean) => string;

export function makeDecoder(name: string, fatal: boolean): (bytes: Uint8Array, stream: boolean) => string | undefined {
  const decode: Decode = multiByte.has(name)
    ? createMultibyteDecoder(name, !fatal)
    : createSinglebyteDecoder(name, !fatal);
  return (bytes, stream) => {
    try {
      return decode(bytes, stream);
    } catch (error) {
      // Anything else (no memory) the guest is told.
      if (error instanceof Error && error.message === malformed) return undefined;
      throw error;
    }
  };
}
