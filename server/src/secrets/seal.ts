import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Key, Keys } from './keys.ts';

const format = 1;
const nonceSize = 12;
const tagSize = 16;

/** What a sealed value is bound to: it opens nowhere else. */
const bound = (tenant: string, name: string): Buffer => Buffer.from(JSON.stringify([tenant, name]));

/** What everything begins with that a key has sealed. */
export const beginningOf = ({ id }: Key): Buffer => Buffer.concat([Buffer.of(format), id]);

/** AES-256-GCM: format, key id, nonce, tag, text. */
export function seal({ current }: Keys, tenant: string, name: string, value: string): Buffer {
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv('aes-256-gcm', current.sealing, nonce);
  cipher.setAAD(bound(tenant, name));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([beginningOf(current), nonce, cipher.getAuthTag(), text]);
}

/** @throws {Error} if it was sealed with a key that is not there, for another place, or changed since */
export function unseal({ all }: Keys, tenant: string, name: string, sealed: Buffer): string {
  const key = all.find((one) => sealed.subarray(0, 1 + one.id.length).equals(beginningOf(one)));
  if (!key) throw new Error(`${name} of tenant ${tenant} was sealed with a key that the server does not have`);
  const begin = 1 + key.id.length;
  const nonceEnd = begin + nonceSize;
  const decipher = createDecipheriv('aes-256-gcm', key.sealing, sealed.subarray(begin, nonceEnd));
  decipher.setAAD(bound(tenant, name));
  decipher.setAuthTag(sealed.subarray(nonceEnd, nonceEnd + tagSize));
  return Buffer.concat([decipher.update(sealed.subarray(nonceEnd + tagSize)), decipher.final()]).toString('utf8');
}

/** The proof that a server with this key has seen these texts together. */
export const prove = ({ current }: Keys, ...texts: readonly string[]): Buffer => proofWith(current, texts);

/** Also of a key that was used before. */
export const isProof = (mac: Buffer, { all }: Keys, ...texts: readonly string[]): boolean =>
  all.some((key) => {
    const expected = proofWith(key, texts);
    return mac.length === expected.length && timingSafeEqual(mac, expected);
  });

const proofWith = (key: Key, texts: readonly string[]): Buffer =>
  createHmac('sha256', key.proving).update(JSON.stringify(texts)).digest();
