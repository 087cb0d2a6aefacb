import { setTimeout as sleep } from 'node:timers/promises';
import { JavaScriptError, type PoolFunction, type RuntimePool } from 'isolet';
import { expect, test } from 'vitest';
import { failure } from '../runtime/support.ts';
import { fn, gate, record, usePools } from './support.ts';

const makePool = usePools();

/** How long a busy machine may take. */
const soon = { timeout: 20_000 };

/** Invocations with the same key share one lookup. */
const coalesced = `(() => {
  const open = new Map();
  return (key) => {
    if (key === 'ping') return key;
    if (!open.has(key)) open.set(key, lookup(key).finally(() => open.delete(key)));
    return open.get(key);
  };
})()`;

/** A lock of the function's own, held while the platform works. */
const locked = `(() => {
  let busy = false;
  return async (event) => {
    if (event === 'ping') return event;
    if (busy) return 'locked';
    busy = true;
    try {
      if (event === 'compute') for (;;);
      await pause();
      return 'ran';
    } finally {
      busy = false;
    }
  };
})()`;

/** The invocations that run only wait: one after them has been answered. */
const waits = async (pool: RuntimePool, spec: PoolFunction): Promise<void> => {
  expect(await pool.invoke(spec, 'ping')).toBe('ping');
};

test('who shares a platform call with an aborted invocation gets its answer', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ lookup: wait });
  const spec = fn(coalesced);
  const hangUp = new AbortController();
  const first = failure(() => pool.invoke(spec, 'k', { signal: hangUp.signal }));
  await expect.poll(waiting, soon).toBe(1);
  const second = pool.invoke(spec, 'k');
  await expect.poll(() => pool.stats().active, soon).toBe(2);
  await waits(pool, spec);
  hangUp.abort(new Error('hung up'));
  expect((await first).message).toBe('hung up');
  open();
  expect(await second).toBe('open');
  expect(pool.stats().coldStarts).toBe(1);
});

test('a platform function that stops with its signal tells who shares the call why', async () => {
  let asked = 0;
  const pool = makePool({
    lookup: {
      handler: ({ signal }) => {
        asked++;
        return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    },
  });
  const hangUp = new AbortController();
  const first = failure(() => pool.invoke(fn(coalesced), 'k', { signal: hangUp.signal }));
  await expect.poll(() => asked, soon).toBe(1);
  const second = failure(() => pool.invoke(fn(coalesced), 'k'));
  await waits(pool, fn(coalesced));
  hangUp.abort();
  await first;
  const error = await second;
  expect(error).toBeInstanceOf(JavaScriptError);
  expect(error.message).toMatch(/the invocation was aborted/);
});

test('a call that is never answered is settled when the time of its invocation is over, whatever ended that', async () => {
  for (const end of ['timeout', 'abort', 'answer']) {
    let asked = 0;
    const pool = makePool({
      lookup: () => {
        asked++;
        return new Promise(() => {});
      },
    });
    const share = `(() => {
      let p;
      return (event) => {
        p ??= lookup();
        return event === 'answer' || event === 'ping' ? event : p;
      };
    })()`;
    const hangUp = new AbortController();
    const first = pool.invoke(fn(share), end, { timeout: 300, signal: hangUp.signal }).catch(() => undefined);
    await expect.poll(() => asked, soon).toBe(1);
    const second = failure(() => pool.invoke(fn(share), 'share', { timeout: 60_000 }));
    await waits(pool, fn(share));
    if (end === 'abort') hangUp.abort();
    await first;
    const why = { timeout: 'ran out of time', abort: 'was aborted', answer: 'has ended' }[end];
    const error = await second;
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error.message).toBe(`lookup: no answer, and the invocation that asked ${why}`);
  }
});

test('what a timed out invocation waited for still wakes others, also a timer', async () => {
  const pool = makePool({}, { runtime: { maxTimers: 10 } });
  const share = `(() => {
    let p;
    return () => (p ??= new Promise((resolve) => setTimeout(() => resolve('rung'), 300)));
  })()`;
  await pool.prewarm(fn(share));
  const first = failure(() => pool.invoke(fn(share), 1, { timeout: 100 }));
  const second = pool.invoke(fn(share), 2);
  expect(await first).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
  expect(await second).toBe('rung');
});

test('an invocation that is aborted while it waits runs its finally, and its runtime stays', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ pause: wait });
  const seen = record(pool, 'evict');
  const hangUp = new AbortController();
  const first = failure(() => pool.invoke(fn(locked), 1, { signal: hangUp.signal }));
  await expect.poll(waiting, soon).toBe(1);
  await waits(pool, fn(locked));
  hangUp.abort();
  await first;
  // Until its code has ended it counts as running.
  expect(pool.stats().active).toBe(1);
  open();
  await expect.poll(() => pool.stats().active, soon).toBe(0);
  const second = pool.invoke(fn(locked), 2);
  await expect.poll(waiting, soon).toBe(1);
  open();
  expect(await second).toBe('ran');
  expect(pool.stats().coldStarts).toBe(1);
  expect(seen).toEqual([]);
});

test('a runtime whose code was stopped by an abort is replaced', async () => {
  let begun = 0;
  const pool = makePool({ pause: async () => {}, begin: () => void begun++ });
  const seen = record(pool, 'evict');
  const spec = fn(locked.replace('busy = true;', 'busy = true; begin();'));
  const hangUp = new AbortController();
  const first = failure(() => pool.invoke(spec, 'compute', { signal: hangUp.signal }));
  await expect.poll(() => begun, soon).toBe(1);
  hangUp.abort();
  await first;
  expect(await pool.invoke(spec, 1)).toBe('ran');
  expect(seen).toEqual(['evict f aborted']);
  expect(pool.stats().coldStarts).toBe(2);
});

test('one that has not begun leaves no trace, and who computes goes on', async () => {
  let begun = 0;
  const pool = makePool({ begin: () => void begun++ });
  const seen = record(pool, 'evict');
  const spec = fn('(ms) => { begin(); const end = Date.now() + ms; while (Date.now() < end); return "done"; }');
  const first = pool.invoke(spec, 300);
  await expect.poll(() => begun, soon).toBe(1);
  const hangUp = new AbortController();
  const second = failure(() => pool.invoke(spec, 1, { signal: hangUp.signal }));
  await expect.poll(() => pool.stats().active, soon).toBe(2);
  hangUp.abort(new Error('hung up'));
  expect((await second).message).toBe('hung up');
  expect(await first).toBe('done');
  expect(begun).toBe(1);
  expect(pool.stats()).toMatchObject({ coldStarts: 1, active: 0 });
  expect(seen).toEqual([]);
});

test('an aborted invocation may ask for nothing more, and its limits hold', async () => {
  const { wait, open, waiting } = gate();
  const asked: string[] = [];
  const pool = makePool({ pause: wait, ask: (what: string) => void asked.push(what) });
  const seen = record(pool, 'evict');
  const code = `async (what) => {
    if (what === 'ping') return what;
    await pause();
    try { ask(what); } catch {}
    if (what === 'loop') for (;;);
  }`;
  const spec = fn(code, { timeout: 300 });
  for (const what of ['end', 'loop']) {
    const hangUp = new AbortController();
    const aborted = failure(() => pool.invoke(spec, what, { signal: hangUp.signal }));
    await expect.poll(waiting, soon).toBe(1);
    await waits(pool, spec);
    hangUp.abort();
    await aborted;
    open();
    await expect.poll(() => pool.stats().active, soon).toBe(0);
  }
  expect(asked).toEqual([]);
  expect(seen).toEqual(['evict f timeout']);
});

test('closing waits for what goes on of an aborted invocation', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ pause: wait });
  const hangUp = new AbortController();
  const aborted = failure(() => pool.invoke(fn(locked), 1, { signal: hangUp.signal }));
  await expect.poll(waiting, soon).toBe(1);
  await waits(pool, fn(locked));
  hangUp.abort();
  await aborted;
  let closed = false;
  const closing = pool.close().then(() => {
    closed = true;
  });
  await sleep(20);
  expect(closed).toBe(false);
  open();
  await closing;
});
