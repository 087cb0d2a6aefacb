/**
 * About how much processor time the host takes for what it is asked, in milliseconds, on a processor of today. The guest
 * is charged with it before it asks: what it can't afford is not begun.
 */

import type { HostRequest, KeyAlgorithm } from '../../../shared/web/crypto.ts';
import type { KeyParts } from './key.ts';

/** Any request: crossing, looking up, answering. */
const base = 0.1;
const perByte = 3e-6;
/** RSA with 2048 bits. */
const rsaPrivate = 1;
const rsaPublic = 0.05;
const rsaGenerate = 150;
/** The slowest curve or scheme. */
const otherKey = 1;
/** Argon2, a kibibyte passed over once. */
const perKibibyte = 1e-3;

const number = (value: unknown) => (typeof value === 'number' ? value : 0);
const size = (data: unknown) => (data as { length?: number }).length ?? 0;

/** `key`: the one it is about, if there is one. */
export function costOf(request: HostRequest, key?: KeyParts): number {
  return base + own(request, key?.algorithm, key?.type === 'private');
}

function own(request: HostRequest, key: KeyAlgorithm | undefined, isPrivate: boolean): number {
  switch (request.op) {
    case 'generateKey': {
      const bits = number(request.algorithm['modulusLength']);
      return bits > 0 ? rsaGenerate * (bits / 2048) ** 4 : otherKey;
    }
    case 'digest':
      return size(request.data) * perByte;
    case 'encrypt':
    case 'decrypt':
    case 'sign':
    case 'verify':
    case 'decapsulate':
      return useOf(key, isPrivate) + size(request.data) * perByte;
    case 'deriveBits': {
      const { memory, passes } = request.algorithm;
      return otherKey + number(memory) * number(passes) * perKibibyte;
    }
    case 'encapsulate':
    case 'importKey':
    case 'exportKey':
    case 'getPublicKey':
      return otherKey;
  }
}

function useOf(key: KeyAlgorithm | undefined, isPrivate: boolean): number {
  if (!key?.modulusLength) return otherKey;
  const scale = key.modulusLength / 2048;
  return isPrivate ? rsaPrivate * scale ** 3 : rsaPublic * scale ** 2;
}
