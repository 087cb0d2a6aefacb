import { TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { coreOf } from '../../../lib/runtime/runtime.ts';
import { failure, until, useRuntimes } from '../../runtime/support.ts';
import { call, isModern, refusal } from './support.ts';

const { make } = useRuntimes();
const rsa = (bits: number) =>
  `{ name: 'RSA-PSS', modulusLength: ${bits}, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' }`;

describe('what guests may ask of SubtleCrypto', () => {
  it('PBKDF2 with 2³¹ iterations is stopped by the limits of the call, and nothing else is', async () => {
    const runtime = make({ web: true });
    const derive = (iterations: string) => `(async () => {
      const key = await crypto.subtle.importKey('raw', new Uint8Array(8), 'PBKDF2', false, ['deriveBits']);
      const bits = await crypto.subtle.deriveBits(
        { name: 'PBKDF2', hash: 'SHA-512', salt: new Uint8Array(8), iterations: ${iterations} }, key, 512);
      return bits.byteLength;
    })()`;
    expect(await failure(() => runtime.evalAsync(derive('2 ** 31'), { cpuTimeout: 100 }))).toBeInstanceOf(TimeoutError);
    expect(await failure(() => runtime.evalAsync(derive('2 ** 32 - 1'), { timeout: 100 }))).toBeInstanceOf(
      TimeoutError,
    );
    expect(await runtime.evalAsync(derive('1000'))).toBe(64);
  });

  it('a key that costs more than the call may use is not made', async () => {
    const runtime = make({ web: true });
    const make4096 = `crypto.subtle.generateKey(${rsa(4096)}, false, ['sign']).then(() => 'made')`;
    const error = await failure(() => runtime.evalAsync(make4096, { cpuTimeout: 1000 }));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error['kind']).toBe('cpu');
    expect(await runtime.evalAsync('1 + 1')).toBe(2);
  });

  it('what the host computes is counted as time of the guest', async () => {
    const runtime = make({ web: true });
    const before = runtime.getStats().totalCpuTimeMs;
    await runtime.evalAsync(`crypto.subtle.generateKey(${rsa(2048)}, false, ['sign']).then(() => 'made')`);
    expect(runtime.getStats().totalCpuTimeMs - before).toBeGreaterThan(100);
  });

  it('refuses keys and outputs beyond the documented sizes', async () => {
    const runtime = make({ web: true });
    expect(await refusal(runtime, `crypto.subtle.generateKey(${rsa(4097)}, false, ['sign'])`)).toBe('OperationError');
    expect(await refusal(runtime, `crypto.subtle.generateKey(${rsa(2 ** 31)}, false, ['sign'])`)).toBe(
      'OperationError',
    );
    const large = `crypto.subtle.importKey('pkcs8', new Uint8Array(65537), { name: 'RSA-PSS', hash: 'SHA-256' }, false, ['sign'])`;
    expect(await refusal(runtime, large)).toBe('DataError');
    // A modulus of 16384 bits, and an exponent as long as the modulus.
    const jwk = (n: number, e: number) =>
      `crypto.subtle.importKey('jwk', { kty: 'RSA', n: '_' + '_'.repeat(${n}), e: '_' + '_'.repeat(${e}) },
        { name: 'RSA-PSS', hash: 'SHA-256' }, true, ['verify'])`;
    for (const key of [jwk(2730, 3), jwk(341, 340)]) {
      expect(['NotSupportedError', 'DataError']).toContain(await refusal(runtime, key));
    }
  });

  it.runIf(isModern)('bounds the memory of Argon2', async () => {
    const runtime = make({ web: true });
    const derive = (memory: number, passes: number) => `(async () => {
      const key = await crypto.subtle.importKey('raw-secret', new Uint8Array(8), 'Argon2id', false, ['deriveBits']);
      const rest = { nonce: new Uint8Array(16), parallelism: 1, memory: ${memory}, passes: ${passes} };
      return crypto.subtle.deriveBits({ name: 'Argon2id', ...rest }, key, 256);
    })()`;
    expect(await refusal(runtime, derive(2 ** 20, 1))).toBe('OperationError');
    expect(await refusal(runtime, derive(65536, 11))).toBe('OperationError');
    expect(await refusal(runtime, derive(64, 2))).toBe('nothing');
  });

  it('keys that the guest drops are let go in the host, so that it may make any number', async () => {
    const runtime = make({ web: true });
    const { hostFunctions } = coreOf(runtime);
    const before = hostFunctions.size;
    const made = await call<number>(
      runtime,
      `let made = 0;
       for (let i = 0; i < 1500; i++) {
         const { privateKey } = await crypto.subtle.generateKey('Ed25519', false, ['sign']);
         if (privateKey.type === 'private') made++;
       }
       return made;`,
    );
    expect(made).toBe(1500);
    expect(hostFunctions.size - before).toBeLessThanOrEqual(1000);
  });

  it('keys that the guest keeps are bounded', async () => {
    const runtime = make({ web: true });
    const [kept, name] = await call<[number, string]>(
      runtime,
      `globalThis.kept = [];
       try { for (;;) kept.push(await crypto.subtle.generateKey('Ed25519', false, ['sign'])); } catch (error) {
         return [kept.length, error.name];
       }`,
    );
    expect(name).toBe('OperationError');
    expect(kept).toBeGreaterThan(400);
    expect(kept).toBeLessThanOrEqual(500);
    runtime.eval('kept.length = 0');
    expect(
      await call(runtime, `return (await crypto.subtle.generateKey('Ed25519', false, ['sign'])).publicKey.type`),
    ).toBe('public');
  });

  it('one guest that floods the host does not keep another from signing', async () => {
    const flooding = make({ web: true });
    const other = make({ web: true });
    const flood = flooding.evalAsync(
      `Promise.all(Array.from({ length: 40 }, () => crypto.subtle.generateKey(${rsa(2048)}, false, ['sign']))).then(() => 'all')`,
    );
    let floodEnded = false;
    flood.then(
      () => {
        floodEnded = true;
      },
      () => {
        floodEnded = true;
      },
    );
    for (let i = 0; i < 5; i++) {
      expect(
        await call(other, `return (await crypto.subtle.generateKey('Ed25519', false, ['sign'])).privateKey.type`),
      ).toBe('private');
    }
    expect(floodEnded).toBe(false);
    flooding.close();
    await flood.catch(() => undefined);
  });

  it('a runtime that is closed in the middle leaves nothing behind', async () => {
    const runtime = make({ web: true });
    const pending = Array.from({ length: 10 }, () =>
      runtime.evalAsync(`crypto.subtle.generateKey(${rsa(1024)}, false, ['sign']).then(() => 1)`).catch(() => 'closed'),
    );
    await runtime.evalAsync('1');
    runtime.close();
    expect(new Set(await Promise.all(pending)).has('closed')).toBe(true);
    await until(() => coreOf(runtime).hostFunctions.size === 0, 'the keys to go');
  });
});
