import type { webcrypto } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';
import { bytes, call, isModern, refusal, subtle } from './support.ts';

const { make } = useRuntimes();
type Pair = webcrypto.CryptoKeyPair;
const rsa = { modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
const signing = [
  { key: { name: 'RSASSA-PKCS1-v1_5', ...rsa }, use: { name: 'RSASSA-PKCS1-v1_5' } },
  { key: { name: 'RSA-PSS', ...rsa }, use: { name: 'RSA-PSS', saltLength: 32 } },
  { key: { name: 'ECDSA', namedCurve: 'P-256' }, use: { name: 'ECDSA', hash: 'SHA-256' } },
  { key: { name: 'ECDSA', namedCurve: 'P-521' }, use: { name: 'ECDSA', hash: 'SHA-512' } },
  { key: { name: 'Ed25519' }, use: { name: 'Ed25519' } },
  { key: { name: 'Ed448' }, use: { name: 'Ed448' } },
];

interface Answer {
  made: ArrayBuffer;
  spki: ArrayBuffer;
  verified: boolean;
  refused: boolean;
  type: unknown[];
}

describe('keys of the host', () => {
  it('sign in the guest what Node verifies, and the other way round', async () => {
    const runtime = make({ web: true });
    const data = bytes(2000);
    for (const { key, use } of signing) {
      const own = (await subtle.generateKey(key as never, true, ['sign', 'verify'])) as unknown as Pair;
      const signature = await subtle.sign(use as never, own.privateKey, data);
      const spki = await subtle.exportKey('spki', own.publicKey);
      const {
        made,
        spki: theirs,
        verified,
        refused,
        type,
      } = await call<Answer>(
        runtime,
        `const { subtle } = crypto;
         const [algorithm, use, data, signature, spki] = args;
         const pair = await subtle.generateKey(algorithm, false, ['sign', 'verify']);
         const imported = await subtle.importKey('spki', spki, algorithm, true, ['verify']);
         return { made: await subtle.sign(use, pair.privateKey, data), spki: await subtle.exportKey('spki', pair.publicKey),
           verified: await subtle.verify(use, imported, signature, data),
           refused: await subtle.verify(use, imported, signature, data.subarray(1)),
           type: [pair.privateKey.type, pair.privateKey.extractable, pair.privateKey.usages, pair.publicKey.type,
             pair.publicKey.extractable, pair.publicKey.usages, await subtle.exportKey('pkcs8', pair.privateKey).catch((e) => e.name)] };`,
        key,
        use,
        data,
        signature,
        spki,
      );
      expect([key, verified, refused]).toEqual([key, true, false]);
      expect(type).toEqual(['private', false, ['sign'], 'public', true, ['verify'], 'InvalidAccessError']);
      const imported = await subtle.importKey('spki', theirs, key as never, true, ['verify']);
      expect(await subtle.verify(use as never, imported, made, data)).toBe(true);
    }
  });

  it('agree on secrets, and derive keys from them', async () => {
    const runtime = make({ web: true });
    for (const algorithm of [
      { name: 'ECDH', namedCurve: 'P-256' },
      { name: 'ECDH', namedCurve: 'P-384' },
      { name: 'X25519' },
      { name: 'X448' },
    ]) {
      const own = (await subtle.generateKey(algorithm as never, true, ['deriveBits'])) as unknown as Pair;
      const [raw, bits, key, chained] = await call<[ArrayBuffer, ArrayBuffer, ArrayBuffer, ArrayBuffer]>(
        runtime,
        `const { subtle } = crypto;
         const [algorithm, theirs] = args;
         const pair = await subtle.generateKey(algorithm, false, ['deriveKey', 'deriveBits']);
         const keys = await subtle.generateKey(algorithm, false, ['deriveKey']);
         const given = await subtle.importKey('raw', theirs, algorithm, true, []);
         const use = { name: algorithm.name, public: given };
         const aes = await subtle.deriveKey(use, pair.privateKey, { name: 'AES-GCM', length: 128 }, true, ['encrypt']);
         if ((await subtle.deriveBits(use, keys.privateKey, 128).catch((e) => e.name)) !== 'InvalidAccessError') throw 1;
         const hkdf = await subtle.deriveKey(use, pair.privateKey, 'HKDF', false, ['deriveBits']);
         const rest = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new Uint8Array() };
         return [await subtle.exportKey('raw', pair.publicKey), await subtle.deriveBits(use, pair.privateKey, 128),
           await subtle.exportKey('raw', aes), await subtle.deriveBits(rest, hkdf, 256)];`,
        algorithm,
        await subtle.exportKey('raw', own.publicKey),
      );
      const theirs = await subtle.importKey('raw', raw, algorithm as never, true, []);
      const use = { name: algorithm.name, public: theirs } as never;
      const expected = await subtle.deriveBits(use, own.privateKey, 128);
      expect([algorithm, bits, key]).toEqual([algorithm, expected, expected]);
      const hkdf = await subtle
        .deriveKey(use, own.privateKey, 'HKDF' as never, false, ['deriveBits'])
        .catch(() => undefined);
      if (!hkdf) continue;
      const rest = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: new Uint8Array() };
      expect(chained).toEqual(await subtle.deriveBits(rest, hkdf, 256));
    }
  });

  it('encrypt with RSA-OAEP, and wrap keys', async () => {
    const own = await subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, true, ['decrypt', 'unwrapKey']);
    const [made, wrapped] = await call<ArrayBuffer[]>(
      make({ web: true }),
      `const { subtle } = crypto;
       const [spki, label] = args;
       const key = await subtle.importKey('spki', spki, { name: 'RSA-OAEP', hash: 'SHA-256' }, true, ['encrypt', 'wrapKey']);
       const wrapper = await subtle.importKey('spki', spki, { name: 'RSA-OAEP', hash: 'SHA-256' }, true, ['wrapKey']);
       if ((await subtle.encrypt('RSA-OAEP', wrapper, new Uint8Array(1)).catch((e) => e.name)) !== 'InvalidAccessError') throw 1;
       const secret = await subtle.importKey('raw', new Uint8Array(16).fill(5), 'AES-GCM', true, ['encrypt']);
       return [await subtle.encrypt({ name: 'RSA-OAEP', label }, key, new Uint8Array([1, 2, 3])),
         await subtle.wrapKey('raw', secret, wrapper, 'RSA-OAEP')];`,
      await subtle.exportKey('spki', own.publicKey),
      bytes(5),
    );
    const algorithm = { name: 'RSA-OAEP', label: bytes(5) };
    expect(new Uint8Array(await subtle.decrypt(algorithm, own.privateKey, made as ArrayBuffer))).toEqual(
      new Uint8Array([1, 2, 3]),
    );
    const back = await subtle.unwrapKey('raw', wrapped as ArrayBuffer, own.privateKey, 'RSA-OAEP', 'AES-GCM', true, [
      'encrypt',
    ]);
    expect(new Uint8Array(await subtle.exportKey('raw', back))).toEqual(new Uint8Array(16).fill(5));
  });

  it('are imported and exported as Node does, in every format', async () => {
    const runtime = make({ web: true });
    for (const { key } of signing) {
      const own = (await subtle.generateKey(key as never, true, ['sign', 'verify'])) as unknown as Pair;
      const forms: [string, unknown, string[]][] = [
        ['pkcs8', await subtle.exportKey('pkcs8', own.privateKey), ['sign']],
        ['spki', await subtle.exportKey('spki', own.publicKey), ['verify']],
        ['jwk', await subtle.exportKey('jwk', own.privateKey), ['sign']],
        ['jwk', await subtle.exportKey('jwk', own.publicKey), ['verify']],
      ];
      for (const [format, data, usages] of forms) {
        const [exported, algorithm] = await call<[unknown, unknown]>(
          runtime,
          `const [format, data, algorithm, usages] = args;
           const key = await crypto.subtle.importKey(format, data, algorithm, true, usages);
           return [await crypto.subtle.exportKey(format, key), key.algorithm];`,
          format,
          data,
          key,
          usages,
        );
        expect([key, format, exported]).toEqual([key, format, data]);
        expect(algorithm).toEqual(own.publicKey.algorithm);
      }
    }
  });

  it('reject with the errors of the standard', async () => {
    const runtime = make({ web: true });
    const table: [string, string][] = [
      [`importKey('spki', new Uint8Array(5), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])`, 'DataError'],
      [`importKey('jwk', { kty: 'oct' }, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])`, 'DataError'],
      [`importKey('raw', new Uint8Array(65), { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign'])`, 'SyntaxError'],
      [`generateKey({ name: 'ECDSA', namedCurve: 'P-255' }, true, ['sign'])`, 'NotSupportedError'],
      [`generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify'])`, 'SyntaxError'],
      [`generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['encrypt'])`, 'SyntaxError'],
      [`generateKey({ name: 'ECDSA' }, true, ['sign'])`, 'TypeError (no DOMException)'],
      [
        `generateKey('Ed25519', true, ['sign']).then(({ publicKey }) => crypto.subtle.sign('Ed25519', publicKey, new Uint8Array(1)))`,
        'InvalidAccessError',
      ],
      [
        `generateKey('X25519', true, ['deriveBits']).then(({ privateKey }) => crypto.subtle.deriveBits({ name: 'X25519', public: privateKey }, privateKey, 8))`,
        'InvalidAccessError',
      ],
      [
        `generateKey('X25519', true, ['deriveBits']).then(async ({ privateKey }) => crypto.subtle.deriveBits({ name: 'X25519', public: await crypto.subtle.importKey('raw', new Uint8Array(9), 'PBKDF2', false, ['deriveBits']) }, privateKey, 8))`,
        'InvalidAccessError',
      ],
    ];
    for (const [expression, name] of table) {
      expect([expression, await refusal(runtime, `crypto.subtle.${expression}`)]).toEqual([expression, name]);
    }
  });
});

describe.runIf(isModern)('keys of this Node alone', () => {
  it('encapsulate, sign, authenticate and encrypt', async () => {
    expect(
      await call(
        make({ web: true }),
        `const { subtle } = crypto;
         const kem = await subtle.generateKey('ML-KEM-768', false, ['encapsulateBits', 'decapsulateBits', 'encapsulateKey', 'decapsulateKey']);
         const bits = await subtle.encapsulateBits('ML-KEM-768', kem.publicKey);
         const same = await subtle.decapsulateBits('ML-KEM-768', kem.privateKey, bits.ciphertext);
         const shared = await subtle.encapsulateKey('ML-KEM-768', kem.publicKey, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
         const back = await subtle.decapsulateKey('ML-KEM-768', kem.privateKey, shared.ciphertext, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
         const dsa = await subtle.generateKey('ML-DSA-44', false, ['sign', 'verify']);
         const data = new Uint8Array(9);
         const signature = await subtle.sign('ML-DSA-44', dsa.privateKey, data);
         const chacha = await subtle.generateKey('ChaCha20-Poly1305', true, ['encrypt', 'decrypt']);
         const use = { name: 'ChaCha20-Poly1305', iv: new Uint8Array(12) };
         const hex = (buffer) => new Uint8Array(buffer).join();
         return [hex(bits.sharedKey) === hex(same),
           hex(await subtle.exportKey('raw', shared.sharedKey)) === hex(await subtle.exportKey('raw', back)),
           await subtle.verify('ML-DSA-44', dsa.publicKey, signature, data),
           hex(await subtle.decrypt(use, chacha, await subtle.encrypt(use, chacha, data))) === hex(data),
           (await subtle.getPublicKey(dsa.privateKey, ['verify'])).type,
           SubtleCrypto.supports('generateKey', 'ML-KEM-768'), SubtleCrypto.supports('digest', 'MD5')];`,
      ),
    ).toEqual([true, true, true, true, 'public', true, false]);
  });
});
