/** UTF-8 of JSON Web Keys: short, and mostly ASCII. */
const encode = encodeURIComponent;
const decode = decodeURIComponent;

/** Of well-formed text, as JSON.stringify gives it. */
export function toUtf8(text: string): Uint8Array {
  const escaped = encode(text);
  const bytes = new Uint8Array(escaped.length);
  let length = 0;
  for (let i = 0; i < escaped.length; i++) {
    const isEscape = escaped[i] === '%';
    bytes[length++] = isEscape ? Number.parseInt(escaped.slice(i + 1, i + 3), 16) : escaped.charCodeAt(i);
    if (isEscape) i += 2;
  }
  return bytes.slice(0, length);
}

/** Undefined: it is no UTF-8. */
export function fromUtf8(bytes: Uint8Array): string | undefined {
  let escaped = '';
  for (let i = 0; i < bytes.length; i++) escaped += `%${((bytes[i] as number) + 256).toString(16).slice(1)}`;
  try {
    const text = decode(escaped);
    // A byte order mark is not part of the text.
    return text.startsWith('\ufeff') ? text.slice(1) : text;
  } catch {
    return undefined;
  }
}
