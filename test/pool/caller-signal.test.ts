import type { CallerContext } from 'isolet';
import { expect, test } from 'vitest';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();

test('many calls of one invocation may listen to its signal, and each finds what it added', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  const aborted: string[] = [];
  const listening = (name: string) => async (caller: CallerContext) => {
    const taken = () => aborted.push('taken back');
    caller.signal.addEventListener('abort', taken);
    caller.signal.addEventListener('abort', () => aborted.push(name));
    caller.signal.removeEventListener('abort', taken);
  };
  const pool = makePool({
    plain: { handler: listening('plain') },
    limited: { timeout: 10_000, handler: listening('limited') },
  });
  const code = 'async () => { for (let i = 0; i < 20; i++) await Promise.all([plain(), limited()]); }';
  await pool.invoke(fn(code));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect(warnings).toEqual([]);
  expect(aborted.toSorted()).toEqual([...Array(20).fill('limited'), ...Array(20).fill('plain')]);
});

test('an invocation whose last call is answered after its end is remembered no longer', async () => {
  const { wait, open, waiting } = gate();
  const signals: WeakRef<AbortSignal>[] = [];
  const handler = async (caller: CallerContext) => {
    signals.push(new WeakRef(caller.signal));
    await wait();
  };
  const pool = makePool({ ask: { handler } });
  await pool.invoke(fn('() => { ask(); }', { timeout: 3_600_000 }));
  await expect.poll(waiting).toBe(1);
  open();
  // What the guest holds of it goes too.
  await expect.poll(() => pool.evict('acme:f')).toBe(0);
  const isGone = () => {
    globalThis.gc?.();
    return signals[0]?.deref() === undefined;
  };
  await expect.poll(isGone).toBe(true);
});
