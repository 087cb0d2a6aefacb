import { AsyncLocalStorage } from 'node:async_hooks';
import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { until } from '../runtime/support.ts';
import { fn, gate, usePools } from './support.ts';

const makePool = usePools();
const storage = new AsyncLocalStorage<string>();

test('platform functions and listeners see the store of who invoked', async () => {
  const seen: string[] = [];
  const note = (what: unknown) => void seen.push(`${what}=${storage.getStore()}`);
  const pool = makePool({
    see: note,
    look: async (what: unknown) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      note(what);
    },
  });
  pool.on('log', ({ message }) => note(message));
  pool.on('invoke', () => note('invoke'));
  const code = `(() => { see('load'); return async (event, { log }) => { Promise.reject(1); see(1); log('log'); await look(2); see(3); } })()`;
  await storage.run('first', () => pool.invoke(fn(code)));
  expect(seen.filter((line) => !line.endsWith('=first'))).toEqual([]);
  expect(seen.map((line) => line.split('=')[0])).toEqual(
    expect.arrayContaining(['load', '1', 'log', 'Unhandled rejection: Error: Uncaught 1', '2', '3', 'invoke']),
  );
  seen.length = 0;
  await Promise.all(['A', 'B', 'C'].map((store) => storage.run(store, () => pool.invoke(fn(code)))));
  for (const store of 'ABC') {
    const own = seen.filter((line) => line.endsWith(`=${store}`)).map((line) => line.split('=')[0]);
    // Whose log a rejection belongs to is not known while several run.
    expect(own.filter((what) => !what?.startsWith('Unhandled'))).toEqual(['1', 'log', '2', '3', 'invoke']);
  }
});

test('a cold start that had to wait belongs to who waited, not to who gave up the place', async () => {
  const seen: unknown[] = [];
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait, see: () => void seen.push(storage.getStore()) }, { maxRuntimes: 1 });
  const first = storage.run('first', () => pool.invoke(fn('() => wait()', { name: 'a', maxRuntimes: 1 })));
  await until(() => waiting() === 1, 'the first one to run');
  const second = storage.run('second', () => pool.invoke(fn('(see(), () => 2)', { name: 'b', tenantId: 'other' })));
  open();
  expect(await Promise.all([first, second])).toEqual(['open', 2]);
  expect(seen).toEqual(['second']);
});

test('one signal for many invocations has one listener, also while they wait in the queue', async () => {
  const { wait, open, waiting } = gate();
  const pool = makePool({ wait });
  const spec = fn('() => wait()', { concurrency: 2 });
  const { signal } = new AbortController();
  const listeners = () => getEventListeners(signal, 'abort').length;
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  const all = Promise.all(Array.from({ length: 30 }, () => pool.invoke(spec, null, { signal })));
  await until(() => waiting() === 2, 'two to run');
  expect(listeners()).toBe(1);
  const opener = setInterval(open, 1);
  await all;
  clearInterval(opener);
  expect(listeners()).toBe(0);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
