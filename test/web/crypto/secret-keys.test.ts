import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';
import { bytes, call, refusal, subtle } from './support.ts';

const { make } = useRuntimes();
const hashes = ['SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'];

describe('HMAC', () => {
  it('signs and verifies as Node does, for keys of every length', async () => {
    const runtime = make({ web: true });
    for (const hash of hashes) {
      for (const length of [1, 20, 64, 65, 128, 129, 1000]) {
        const secret = bytes(length, length);
        const data = bytes(300_000, 7);
        const key = await subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign', 'verify']);
        const expected = await subtle.sign('HMAC', key, data);
        const [made, good, bad, short] = await call<[ArrayBuffer, boolean, boolean, boolean]>(
          runtime,
          `const [secret, data, hash, signature] = args;
           const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign', 'verify']);
           const wrong = new Uint8Array(signature.slice(0));
           wrong[5] ^= 1;
           return Promise.all([crypto.subtle.sign('HMAC', key, data), crypto.subtle.verify('HMAC', key, signature, data),
             crypto.subtle.verify('HMAC', key, wrong, data), crypto.subtle.verify('HMAC', key, signature.slice(1), data)]);`,
          secret,
          data,
          hash,
          expected,
        );
        expect([hash, length, made, good, bad, short]).toEqual([hash, length, expected, true, false, false]);
      }
    }
  });
});

describe('AES', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['AES-CBC', { iv: bytes(16) }],
    ['AES-GCM', { iv: bytes(12) }],
    ['AES-GCM', { iv: bytes(16), tagLength: 96 }],
    ['AES-GCM', { iv: bytes(60), additionalData: bytes(33), tagLength: 32 }],
    ['AES-CTR', { counter: bytes(16), length: 64 }],
    ['AES-CTR', { counter: new Uint8Array(16).fill(255), length: 128 }],
    ['AES-CTR', { counter: new Uint8Array(16).fill(255), length: 32 }],
    ['AES-CTR', { counter: new Uint8Array(16).fill(254), length: 20 }],
  ];

  it('encrypts as Node does, and decrypts it', async () => {
    const runtime = make({ web: true });
    for (const bits of [128, 192, 256]) {
      for (const [name, parameters] of cases) {
        for (const length of [0, 1, 15, 16, 17, 1000, 300_000]) {
          const secret = bytes(bits / 8, bits);
          const data = bytes(length, 3);
          const algorithm = { name, ...parameters };
          const key = await subtle.importKey('raw', secret, name, false, ['encrypt']);
          const expected = await subtle.encrypt(algorithm as never, key, data);
          const [made, back] = await call<ArrayBuffer[]>(
            runtime,
            `const [algorithm, secret, data] = args;
             const key = await crypto.subtle.importKey('raw', secret, algorithm.name, false, ['encrypt', 'decrypt']);
             const made = await crypto.subtle.encrypt(algorithm, key, data);
             return [made, await crypto.subtle.decrypt(algorithm, key, made)];`,
            algorithm,
            secret,
            data,
          );
          expect([algorithm, bits, length, made]).toEqual([algorithm, bits, length, expected]);
          expect([algorithm, length, back]).toEqual([algorithm, length, data.buffer]);
        }
      }
    }
  });

  it('gives an OperationError for what was changed, and for wrong parameters', async () => {
    const runtime = make({ web: true });
    const run = (name: string, code: string) =>
      refusal(
        runtime,
        `crypto.subtle.generateKey({ name: '${name}', length: 128 }, false, ['encrypt', 'decrypt']).then(async (key) => {
           const { subtle } = crypto; ${code} })`,
      );
    const gcm = `{ name: 'AES-GCM', iv: new Uint8Array(12) }`;
    const tampered = `const made = new Uint8Array(await subtle.encrypt(${gcm}, key, new Uint8Array(40)));`;
    expect(await run('AES-GCM', `${tampered} made[3] ^= 1; await subtle.decrypt(${gcm}, key, made);`)).toBe(
      'OperationError',
    );
    expect(await run('AES-GCM', `${tampered} await subtle.decrypt(${gcm}, key, made);`)).toBe('nothing');
    expect(await run('AES-GCM', `await subtle.decrypt(${gcm}, key, new Uint8Array(15));`)).toBe('OperationError');
    expect(
      await run('AES-GCM', `await subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array() }, key, new Uint8Array(1));`),
    ).toBe('OperationError');
    expect(
      await run(
        'AES-GCM',
        `await subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12), tagLength: 24 }, key, new Uint8Array(1));`,
      ),
    ).toBe('OperationError');
    const cbc = (length: number) => `{ name: 'AES-CBC', iv: new Uint8Array(${length}) }`;
    expect(await run('AES-CBC', `await subtle.decrypt(${cbc(16)}, key, new Uint8Array(16));`)).toBe('OperationError');
    expect(await run('AES-CBC', `await subtle.decrypt(${cbc(16)}, key, new Uint8Array(17));`)).toBe('OperationError');
    expect(await run('AES-CBC', `await subtle.encrypt(${cbc(12)}, key, new Uint8Array(16));`)).toBe('OperationError');
    const ctr = (length: number) => `{ name: 'AES-CTR', counter: new Uint8Array(16), length: ${length} }`;
    expect(await run('AES-CTR', `await subtle.encrypt(${ctr(0)}, key, new Uint8Array(16));`)).toBe('OperationError');
    expect(await run('AES-CTR', `await subtle.encrypt(${ctr(129)}, key, new Uint8Array(16));`)).toBe('OperationError');
    expect(await run('AES-CTR', `await subtle.encrypt(${ctr(2)}, key, new Uint8Array(65));`)).toBe('OperationError');
    expect(await run('AES-CTR', `await subtle.encrypt(${ctr(2)}, key, new Uint8Array(64));`)).toBe('nothing');
  });
});

describe('HKDF and PBKDF2', () => {
  it('derive what Node derives', async () => {
    const runtime = make({ web: true });
    for (const hash of hashes) {
      for (const length of [0, 8, 160, 256, 1000 * 8]) {
        for (const parameters of [
          { name: 'HKDF', hash, salt: bytes(20), info: bytes(10) },
          { name: 'HKDF', hash, salt: new Uint8Array(), info: new Uint8Array() },
          { name: 'PBKDF2', hash, salt: bytes(16), iterations: 1 },
          { name: 'PBKDF2', hash, salt: bytes(200), iterations: 1500 },
        ]) {
          // Node 20 refuses a length of 0.
          if (length === 0) continue;
          const secret = bytes(33, length);
          const key = await subtle.importKey('raw', secret, parameters.name, false, ['deriveBits']);
          const expected = await subtle.deriveBits(parameters as never, key, length);
          const made = await call(
            runtime,
            `const key = await crypto.subtle.importKey('raw', args[0], args[1].name, false, ['deriveBits']);
             return crypto.subtle.deriveBits(args[1], key, args[2]);`,
            secret,
            parameters,
            length,
          );
          expect([parameters, length, made]).toEqual([parameters, length, expected]);
        }
      }
    }
  });

  it('derive keys that are used and exported', async () => {
    const [hmac, aes] = await call<[{ k: string; alg: string }, ArrayBuffer]>(
      make({ web: true }),
      `const { subtle } = crypto;
       const base = await subtle.importKey('raw', args[0], 'PBKDF2', false, ['deriveKey']);
       const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(8), iterations: 10 };
       const hmac = await subtle.deriveKey(algorithm, base, { name: 'HMAC', hash: 'SHA-384' }, true, ['sign']);
       const aes = await subtle.deriveKey(algorithm, base, { name: 'AES-GCM', length: 256 }, true, ['encrypt']);
       return [await subtle.exportKey('jwk', hmac), await subtle.exportKey('raw', aes)];`,
      bytes(12),
    );
    const base = await subtle.importKey('raw', bytes(12), 'PBKDF2', false, ['deriveBits']);
    const algorithm = { name: 'PBKDF2', hash: 'SHA-256', salt: new Uint8Array(8), iterations: 10 };
    expect(hmac.k).toBe(Buffer.from(await subtle.deriveBits(algorithm, base, 1024)).toString('base64url'));
    expect(hmac.alg).toBe('HS384');
    expect(aes).toEqual(await subtle.deriveBits(algorithm, base, 256));
  });
});

describe('secret keys', () => {
  it('are imported and exported raw and as JSON Web Keys, as Node does', async () => {
    const runtime = make({ web: true });
    const algorithms = [
      ...[128, 192, 256].flatMap((length) =>
        ['AES-CBC', 'AES-CTR', 'AES-GCM', 'AES-KW'].map((name) => ({ name, length })),
      ),
      ...hashes.flatMap((hash) => [
        { name: 'HMAC', hash },
        { name: 'HMAC', hash, length: 248 },
      ]),
    ];
    for (const algorithm of algorithms) {
      const usages = algorithm.name === 'HMAC' ? ['verify', 'sign'] : ['unwrapKey', 'wrapKey'];
      const secret = bytes('hash' in algorithm ? 31 : (algorithm as { length: number }).length / 8);
      const own = await subtle.importKey('raw', secret, algorithm as never, true, usages as never);
      const jwk = await subtle.exportKey('jwk', own);
      const [raw, exported, again, shown] = await call<unknown[]>(
        runtime,
        `const { subtle } = crypto;
         const [algorithm, secret, usages, jwk] = args;
         const key = await subtle.importKey('raw', secret, algorithm, true, usages);
         const same = await subtle.importKey('jwk', jwk, algorithm, true, usages);
         return [await subtle.exportKey('raw', same), await subtle.exportKey('jwk', key), await subtle.exportKey('raw', key),
           { type: key.type, extractable: key.extractable, algorithm: key.algorithm, usages: key.usages }];`,
        algorithm,
        secret,
        usages,
        jwk,
      );
      expect([algorithm, raw, again]).toEqual([algorithm, secret.buffer, secret.buffer]);
      // Node 20 shows usages in the order in which they were asked for.
      const inOrder = ({ key_ops = [], ...rest }: { key_ops?: string[] }) => ({ ...rest, key_ops: key_ops.toSorted() });
      expect(inOrder(exported as object)).toEqual(inOrder(jwk as object));
      expect(shown).toEqual({
        type: 'secret',
        extractable: true,
        algorithm: own.algorithm,
        usages: (['sign', 'verify', 'wrapKey', 'unwrapKey'] as const).filter((usage) => own.usages.includes(usage)),
      });
    }
  });

  it('refuse what the standard refuses', async () => {
    const runtime = make({ web: true });
    const table: [string, string][] = [
      [`importKey('raw', new Uint8Array(15), 'AES-GCM', true, ['encrypt'])`, 'DataError'],
      [`importKey('raw', new Uint8Array(16), 'AES-GCM', true, ['sign'])`, 'SyntaxError'],
      [`importKey('raw', new Uint8Array(16), 'AES-GCM', true, [])`, 'SyntaxError'],
      [`importKey('raw', new Uint8Array(16), 'AES-GCM', true, ['walk'])`, 'TypeError (no DOMException)'],
      [`importKey('pkcs8', new Uint8Array(16), 'AES-GCM', true, ['encrypt'])`, 'NotSupportedError'],
      [`importKey('cooked', new Uint8Array(16), 'AES-GCM', true, ['encrypt'])`, 'TypeError (no DOMException)'],
      [`importKey('raw', { kty: 'oct' }, 'AES-GCM', true, ['encrypt'])`, 'TypeError (no DOMException)'],
      [`importKey('jwk', new Uint8Array(16), 'AES-GCM', true, ['encrypt'])`, 'TypeError (no DOMException)'],
      [`importKey('jwk', { kty: 'EC' }, 'AES-GCM', true, ['encrypt'])`, 'DataError'],
      [`importKey('jwk', { kty: 'oct', k: '+' }, 'AES-GCM', true, ['encrypt'])`, 'DataError'],
      [
        `importKey('jwk', { kty: 'oct', k: 'A'.repeat(22), alg: 'A256GCM' }, 'AES-GCM', true, ['encrypt'])`,
        'DataError',
      ],
      [`importKey('jwk', { kty: 'oct', k: 'A'.repeat(22), use: 'sig' }, 'AES-GCM', true, ['encrypt'])`, 'DataError'],
      [`importKey('jwk', { kty: 'oct', k: 'A'.repeat(22), ext: false }, 'AES-GCM', true, ['encrypt'])`, 'DataError'],
      [
        `importKey('jwk', { kty: 'oct', k: 'A'.repeat(22), key_ops: ['decrypt'] }, 'AES-GCM', true, ['encrypt'])`,
        'DataError',
      ],
      [
        `importKey('jwk', { kty: 'oct', k: 'A'.repeat(22), key_ops: ['encrypt', 'encrypt'] }, 'AES-GCM', true, ['encrypt'])`,
        'DataError',
      ],
      [`importKey('raw', new Uint8Array(), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])`, 'DataError'],
      [`importKey('raw', new Uint8Array(4), { name: 'HMAC' }, true, ['sign'])`, 'TypeError (no DOMException)'],
      [`importKey('raw', new Uint8Array(4), { name: 'HMAC', hash: 'MD5' }, true, ['sign'])`, 'NotSupportedError'],
      [
        `importKey('raw', new Uint8Array(4), { name: 'HMAC', hash: 'SHA-256', length: 24 }, true, ['sign'])`,
        'DataError',
      ],
      [
        `importKey('raw', new Uint8Array(4), { name: 'HMAC', hash: 'SHA-256', length: 40 }, true, ['sign'])`,
        'DataError',
      ],
      [`importKey('raw', new Uint8Array(4), 'HKDF', true, ['deriveBits'])`, 'SyntaxError'],
      [`importKey('raw', new Uint8Array(4), 'PBKDF2', false, ['sign'])`, 'SyntaxError'],
      [`importKey('jwk', { kty: 'oct', k: 'AAAA' }, 'PBKDF2', false, ['deriveBits'])`, 'NotSupportedError'],
      [`generateKey({ name: 'AES-CBC', length: 64 }, true, ['encrypt'])`, 'OperationError'],
      [`generateKey({ name: 'AES-CBC', length: 65536 }, true, ['encrypt'])`, 'TypeError (no DOMException)'],
      [`generateKey({ name: 'AES-CBC' }, true, ['encrypt'])`, 'TypeError (no DOMException)'],
      [`generateKey({ name: 'HMAC', hash: 'SHA-1', length: 0 }, true, ['sign'])`, 'OperationError'],
      [`generateKey('PBKDF2', true, ['deriveBits'])`, 'NotSupportedError'],
    ];
    for (const [expression, name] of table) {
      expect([expression, await refusal(runtime, `crypto.subtle.${expression}`)]).toEqual([expression, name]);
    }
  });

  it('say what they are, can not be made or changed, and keep what must not leave', async () => {
    const runtime = make({ web: true });
    expect(
      await call(
        runtime,
        `const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 128 }, false, ['decrypt', 'encrypt', 'encrypt']);
         key.usages.push('sign');
         key.algorithm.name = 'HMAC';
         return [Object.prototype.toString.call(key), key instanceof CryptoKey, key.algorithm === key.algorithm,
           await crypto.subtle.sign('HMAC', key, new Uint8Array(1)).catch((e) => e.name),
           await crypto.subtle.exportKey('raw', key).catch((e) => e.name),
           (await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(1))).byteLength,
           Object.getOwnPropertyNames(key)];`,
      ),
    ).toEqual(['[object CryptoKey]', true, true, 'InvalidAccessError', 'InvalidAccessError', 17, []]);
    expect(await refusal(runtime, 'new CryptoKey()')).toBe('TypeError (no DOMException)');
    expect(await refusal(runtime, 'new SubtleCrypto()')).toBe('TypeError (no DOMException)');
    expect(await refusal(runtime, 'new Crypto()')).toBe('TypeError (no DOMException)');
    expect(await refusal(runtime, `crypto.subtle.exportKey('raw', { __proto__: CryptoKey.prototype })`)).toBe(
      'TypeError (no DOMException)',
    );
  });

  it('wrap and unwrap each other', async () => {
    const results = await call<boolean[]>(
      make({ web: true }),
      `const { subtle } = crypto;
       const secret = await subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
       const before = new Uint8Array(await subtle.exportKey('raw', secret)).join();
       const wrappers = [{ name: 'AES-KW' }, { name: 'AES-GCM', iv: new Uint8Array(12) },
         { name: 'AES-CBC', iv: new Uint8Array(16) }, { name: 'AES-CTR', counter: new Uint8Array(16), length: 64 }];
       const results = [];
       for (const algorithm of wrappers) {
         const usages = ['wrapKey', 'unwrapKey'];
         const key = await subtle.generateKey({ name: algorithm.name, length: 256 }, false, usages);
         for (const format of ['raw', 'jwk']) {
           const wrapped = await subtle.wrapKey(format, secret, key, algorithm);
           const back = await subtle.unwrapKey(format, wrapped, key, algorithm, { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
           results.push(before === new Uint8Array(await subtle.exportKey('raw', back)).join());
         }
       }
       return results;`,
    );
    expect(results).toEqual(Array(8).fill(true));
  });
});
