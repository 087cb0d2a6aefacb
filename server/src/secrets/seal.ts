import { createCipheriv, createDecipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Keys } from './keys.ts';

const format = 1;
const nonceSize = 12;
const tagSize = 16;

/** What a sealed value is bound to: it opens nowhere else. */
const bound = (tenant: string, name: string): Buffer => Buffer.from(JSON.stringify([tenant, name]));

/** AES-256-GCM: format, key id, nonce, tag, text. */
export function seal(keys: Keys, tenant: string, name: string, value: string): Buffer {
  const nonce = randomBytes(nonceSize);
  const cipher = createCipheriv('aes-256-gcm', keys.sealing, nonce);
  cipher.setAAD(bound(tenant, name));
  const text = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([Buffer.of(format), keys.id, nonce, cipher.getAuthTag(), text]);
}

/** @throws {Error} if it was sealed with another key, for another place, or changed since */
export function unseal(keys: Keys, tenant: string, name: string, sealed: Buffer): string {
  const keyEnd = 1 + keys.id.length;
  if (sealed[0] !== format || !sealed.subarray(1, keyEnd).equals(keys.id)) {
    throw new Error(`Secret ${name} of tenant ${tenant} was sealed with another key than the server has now.`);
  }
  const nonceEnd = keyEnd + nonceSize;
  const decipher = createDecipheriv('aes-256-gcm', keys.sealing, sealed.subarray(keyEnd, nonceEnd));
  decipher.setAAD(bound(tenant, name));
  decipher.setAuthTag(sealed.subarray(nonceEnd, nonceEnd + tagSize));
  return Buffer.concat([decipher.update(sealed.subarray(nonceEnd + tagSize)), decipher.final()]).toString('utf8');
}

/** The proof that this server has seen these texts together. */
export function prove(keys: Keys, ...texts: readonly string[]): Buffer {
  return createHmac('sha256', keys.proving).update(JSON.stringify(texts)).digest();
}

export const isProof = (mac: Buffer, keys: Keys, ...texts: readonly string[]): boolean => {
  const expected = prove(keys, ...texts);
  return mac.length === expected.length && timingSafeEqual(mac, expected);
};
