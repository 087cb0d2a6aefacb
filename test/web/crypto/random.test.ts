import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';
import { refusal } from './support.ts';

const { make } = useRuntimes();

describe('getRandomValues', () => {
  it('fills arrays of integers of every type and answers them', () => {
    const runtime = make({ web: true });
    const types = ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'BigInt64', 'BigUint64'];
    for (const type of types) {
      const [same, filled] = runtime.eval(`(() => {
        const array = new ${type}Array(1024);
        return [crypto.getRandomValues(array) === array, array.some((x) => x !== array[0])];
      })()`) as boolean[];
      expect([type, same, filled]).toEqual([type, true, true]);
    }
  });

  it('fills only what a view covers', () => {
    const runtime = make({ web: true });
    const all = runtime.eval(`(() => {
      const all = new Uint8Array(96);
      crypto.getRandomValues(all.subarray(32, 64));
      return all;
    })()`) as Uint8Array;
    expect([...all.subarray(0, 32), ...all.subarray(64)].every((byte) => byte === 0)).toBe(true);
    expect(all.subarray(32, 64).some((byte) => byte !== 0)).toBe(true);
  });

  it('refuses what the standard refuses', async () => {
    const runtime = make({ web: true });
    expect(await refusal(runtime, 'crypto.getRandomValues(new Uint8Array(65537))')).toBe('QuotaExceededError');
    expect(await refusal(runtime, 'crypto.getRandomValues(new Uint32Array(16385))')).toBe('QuotaExceededError');
    expect(await refusal(runtime, 'crypto.getRandomValues(new Uint32Array(16384))')).toBe('nothing');
    expect(await refusal(runtime, 'crypto.getRandomValues(new Float64Array(4))')).toBe('TypeMismatchError');
    expect(await refusal(runtime, 'crypto.getRandomValues(new DataView(new ArrayBuffer(4)))')).toBe(
      'TypeMismatchError',
    );
    expect(await refusal(runtime, 'crypto.getRandomValues([1, 2])')).toBe('TypeError (no DOMException)');
    expect(await refusal(runtime, 'crypto.getRandomValues()')).toBe('TypeError (no DOMException)');
    expect(await refusal(runtime, 'crypto.getRandomValues.call({}, new Uint8Array(1))')).toBe(
      'TypeError (no DOMException)',
    );
  });

  it('gives other values in every runtime', () => {
    const values = [make({ web: true }), make({ web: true })].map((runtime) => runtime.eval('crypto.randomUUID()'));
    expect(new Set(values).size).toBe(2);
  });
});

describe('randomUUID', () => {
  it('makes random UUIDs of version 4', () => {
    const ids = make({ web: true }).eval('Array.from({ length: 500 }, () => crypto.randomUUID())') as string[];
    expect(new Set(ids).size).toBe(500);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
