/** Random UUIDs: version 4, variant 1 (RFC 9562). */
import { ops } from '../base/ops.ts';

const digits = '0123456789abcdef';

export function randomUuid(): string {
  const bytes = new Uint8Array(16);
  ops.random.fill(bytes);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    const byte = bytes[i] as number;
    text += `${digits[byte >> 4]}${digits[byte & 15]}`;
  }
  return text;
}
