/** Text and bytes, natively. */
import { ops } from '../base/ops.ts';

/** For ops.text.decode. */
const utf8 = 0;
const ignoreBOM = 2;

/** Lone surrogates become U+FFFD. */
export const encodeUtf8 = (text: string): Uint8Array<ArrayBuffer> => ops.text.encode(text) as Uint8Array<ArrayBuffer>;

/** What is no UTF-8 becomes U+FFFD; a byte order mark goes unless it is to be kept. */
export const decodeUtf8 = (bytes: Uint8Array, keepMark = false): string =>
  ops.text.decode(utf8, bytes, keepMark ? ignoreBOM : 0, undefined) as string;
