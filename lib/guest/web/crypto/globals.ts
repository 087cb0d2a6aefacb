/** What Web Cryptography brings to the global, complete. */

import { hasModern } from './modern.ts';
import { extendSubtle } from './modern-subtle.ts';

if (hasModern()) extendSubtle();

export { Crypto, crypto } from './crypto.ts';
export { CryptoKey } from './key.ts';
export { SubtleCrypto } from './subtle.ts';
