/**
 * What whatwg-url asks of a platform, in the place of the globals and of the module that it takes it from
 * (scripts/build-lib.mjs): a guest may have changed its globals, and of the encodings it needs UTF-8 alone.
 */

export interface Utf8 {
  encode(text: string): Uint8Array;
  /** Without looking for a byte order mark. */
  decode(bytes: Uint8Array): string;
}

let utf8: Utf8;

export function setUtf8(given: Utf8): void {
  utf8 = given;
}

export class TextEncoder {
  encode(text: string): Uint8Array {
    return utf8.encode(text);
  }
}

export class TextDecoder {
  decode(bytes: Uint8Array): string {
    return utf8.decode(bytes);
  }
}

/** https://url.spec.whatwg.org/#string-percent-encode-after-encoding, of UTF-8. `escaped` are ASCII characters. */
export function percentEncodeAfterEncoding(_encoding: string, text: string, escaped: string): string {
  let out = '';
  for (const byte of utf8.encode(text)) {
    const character = String.fromCharCode(byte);
    out +=
      byte <= 0x1f || byte > 0x7e || escaped.includes(character)
        ? `%${byte < 16 ? '0' : ''}${byte.toString(16).toUpperCase()}`
        : character;
  }
  return out;
}
