import { getProcessStats, type PlatformApi, type PoolFunction, type PoolOptions, RuntimePool } from 'isolet';
import { afterEach, beforeEach, expect } from 'vitest';
import { expectNoIsolateLeft } from '../isolates-left.ts';

/** Makes pools for the tests of a file; after each test they are closed and no isolate may be left. */
export function usePools(): (api?: PlatformApi, options?: PoolOptions) => RuntimePool {
  const made: RuntimePool[] = [];
  let before = { liveIsolates: 0, lostIsolates: 0 };
  beforeEach(() => {
    before = getProcessStats();
  });
  afterEach(async () => {
    for (const pool of made.splice(0)) {
      await pool.close({ drain: false });
      expect(pool.stats()).toMatchObject({ runtimes: 0, active: 0, queued: 0, reservedMb: 0 });
    }
    await expectNoIsolateLeft(before);
  });
  return (api = {}, options = {}) => {
    const pool = new RuntimePool(api, options);
    made.push(pool);
    return pool;
  };
}

export function fn(code: string, rest: Partial<PoolFunction> = {}): PoolFunction {
  return { tenantId: 'acme', name: 'f', code, ...rest };
}

/** Names of the events in the order they came. */
export function record(
  pool: RuntimePool,
  ...names: ('coldStart' | 'reuse' | 'evict' | 'lost' | 'refused')[]
): string[] {
  const seen: string[] = [];
  for (const name of names) {
    pool.on(name, (about: { functionName: string; reason?: string }) => {
      seen.push(`${name} ${about.functionName}${about.reason === undefined ? '' : ` ${about.reason}`}`);
    });
  }
  return seen;
}

/** An API function whose calls wait until they are let go. */
export function gate(): { wait: () => Promise<string>; open: () => void; waiting: () => number } {
  const waiting: ((value: string) => void)[] = [];
  return {
    wait: () => new Promise((resolve) => waiting.push(resolve)),
    open: () => {
      for (const resolve of waiting.splice(0)) resolve('open');
    },
    waiting: () => waiting.length,
  };
}
