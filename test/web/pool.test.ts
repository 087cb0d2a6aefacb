import { RuntimePool, SnapshotBuilder } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';

const pools: RuntimePool<never>[] = [];

function poolWith(options: ConstructorParameters<typeof RuntimePool>[1], api = {}): RuntimePool<never> {
  const pool = new RuntimePool(api, options) as unknown as RuntimePool<never>;
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

const spec = (code: string, rest = {}) => ({ tenantId: 't', name: 'f', code, ...rest });

describe('pools with web', () => {
  it('run a small function within the smallest memory of the documentation', async () => {
    const pool = poolWith({ web: true });
    const code = `async () => {
      const stream = new ReadableStream({ start(c) { c.enqueue(navigator.userAgent); c.close(); } });
      return (await stream.getReader().read()).value;
    }`;
    expect(await pool.invoke(spec(code, { memoryMb: 5 }), null)).toBe('isolet');
  });

  it('give every runtime classes of its own', async () => {
    const pool = poolWith({ web: true });
    const code = `() => { const known = ReadableStream.mark; ReadableStream.mark = 1; return known === undefined; }`;
    const fresh = { reuse: 'fresh' };
    expect(await pool.invoke(spec(code, fresh), null)).toBe(true);
    expect(await pool.invoke(spec(code, fresh), null)).toBe(true);
  });

  it('start from a snapshot that has it', async () => {
    const snapshot = new SnapshotBuilder({ web: true }).executeScript('lib.js', 'const agent = navigator').build();
    const pool = poolWith({ web: { userAgent: 'of the pool' }, runtime: { snapshot } });
    expect(await pool.invoke(spec('() => agent.userAgent'), null)).toBe('of the pool');
  });

  it('one after the other, from the stock as well, all work', async () => {
    const pool = poolWith({ web: true, maxInvocations: 1 });
    for (let i = 0; i < 12; i++) {
      expect(await pool.invoke(spec('() => [typeof new ReadableStream(), navigator.userAgent]'), null)).toEqual([
        'object',
        'isolet',
      ]);
    }
  });
});
