import { createHash } from 'node:crypto';
import { TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';
import { bytes, call, isModern, refusal, subtle } from './support.ts';

const { make } = useRuntimes();
const names: Record<string, string> = {
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};
if (isModern) Object.assign(names, { 'SHA3-256': 'sha3-256', 'SHA3-384': 'sha3-384', 'SHA3-512': 'sha3-512' });

describe('digest', () => {
  it('is what Node computes, for every hash and length', async () => {
    const runtime = make({ web: true, maxTransferBytes: 64 * 2 ** 20 });
    for (const [name, own] of Object.entries(names)) {
      for (const length of [0, 1, 55, 64, 65, 127, 128, 1000, 256 * 1024, 256 * 1024 + 1, 3_000_000]) {
        const data = bytes(length);
        const made = await call<ArrayBuffer>(runtime, 'return crypto.subtle.digest(args[0], args[1])', name, data);
        const expected = createHash(own).update(data).digest('hex');
        expect([name, length, Buffer.from(made).toString('hex')]).toEqual([name, length, expected]);
      }
    }
  });

  it('takes every kind of view, names in any case and algorithm objects', async () => {
    const data = bytes(64);
    const expected = createHash('sha256').update(data.subarray(8, 24)).digest('hex');
    const sources = [
      'new Uint8Array(buffer, 8, 16)',
      'new DataView(buffer, 8, 16)',
      'new Float64Array(buffer, 8, 2)',
      'buffer.slice(8, 24)',
      'new Uint8Array(buffer).slice(8, 24)',
    ];
    const results = await call<ArrayBuffer[]>(
      make({ web: true }),
      `const { buffer } = new Uint8Array(args[0]);
       const algorithms = ['sha-256', 'SHA-256', { name: 'Sha-256' }];
       return Promise.all([${sources}].flatMap((of) => algorithms.map((a) => crypto.subtle.digest(a, of))));`,
      data,
    );
    expect(results.map((result) => Buffer.from(result).toString('hex'))).toEqual(Array(15).fill(expected));
  });

  it('reads the bytes before it answers', async () => {
    const made = await call<ArrayBuffer>(
      make({ web: true }),
      `const data = new Uint8Array(100);
       const promise = crypto.subtle.digest('SHA-256', data);
       data.fill(1);
       return promise;`,
    );
    expect(Buffer.from(made).toString('hex')).toBe(createHash('sha256').update(Buffer.alloc(100)).digest('hex'));
  });

  it('rejects, never throws, for what is wrong', async () => {
    const runtime = make({ web: true });
    const wrong: [string, string][] = [
      [`crypto.subtle.digest('MD5', new Uint8Array(1))`, 'NotSupportedError'],
      [`crypto.subtle.digest('AES-GCM', new Uint8Array(1))`, 'NotSupportedError'],
      [`crypto.subtle.digest({}, new Uint8Array(1))`, 'TypeError (no DOMException)'],
      [`crypto.subtle.digest('SHA-256')`, 'TypeError (no DOMException)'],
      [`crypto.subtle.digest('SHA-256', 'text')`, 'TypeError (no DOMException)'],
      [`crypto.subtle.digest('SHA-256', new SharedArrayBuffer(1))`, 'TypeError (no DOMException)'],
      [`crypto.subtle.digest.call({}, 'SHA-256', new Uint8Array(1))`, 'TypeError (no DOMException)'],
    ];
    for (const [expression, name] of wrong) {
      expect([expression, await refusal(runtime, `new Promise((yes) => yes(${expression}))`)]).toEqual([
        expression,
        name,
      ]);
      expect(
        runtime.eval(`(() => { const p = ${expression}; p.catch(() => {}); return p instanceof Promise; })()`),
      ).toBe(true);
    }
  });

  it('is stopped in the middle by the limits of the call', async () => {
    const runtime = make({ web: true, maxHeapSize: 512 * 2 ** 20 });
    const error = await failure(() =>
      runtime.evalAsync(
        `(async () => { const data = new Uint8Array(200 * 2 ** 20); for (;;) await crypto.subtle.digest('SHA-512', data); })()`,
        { cpuTimeout: 300 },
      ),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(await runtime.evalAsync(`crypto.subtle.digest('SHA-1', new Uint8Array(0)).then((d) => d.byteLength)`)).toBe(
      20,
    );
  });
});

describe.runIf(isModern)('digests of this Node alone', () => {
  it('are what Node computes', async () => {
    const runtime = make({ web: true });
    const data = bytes(1000);
    for (const algorithm of [
      { name: 'cSHAKE128', length: 256, outputLength: 256 },
      { name: 'TurboSHAKE256', outputLength: 512 },
      { name: 'KT128', outputLength: 256 },
    ]) {
      const made = await call(runtime, 'return crypto.subtle.digest(args[0], args[1])', algorithm, data);
      expect(made).toEqual(await subtle.digest(algorithm as never, data));
    }
  });

  it('are bounded in their length', async () => {
    const wanted = `crypto.subtle.digest({ name: 'cSHAKE128', length: 2 ** 32 - 8, outputLength: 2 ** 32 - 8 }, new Uint8Array(1))`;
    expect(await refusal(make({ web: true }), wanted)).toBe('OperationError');
  });
});
