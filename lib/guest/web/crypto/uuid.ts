/** Random UUIDs: version 4, variant 1 (RFC 9562). */
import { ops } from '../base/ops.ts';

const pairs: readonly string[] = Array.from({ length: 256 }, (_, byte) => (byte + 256).toString(16).slice(1));

export function randomUuid(): string {
  const bytes = new Uint8Array(16);
  ops.random.fill(bytes);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += pairs[bytes[i] as number] as string;
  }
  return text;
}
