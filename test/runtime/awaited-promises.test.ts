import { expect, it } from 'vitest';
import { useRuntimes } from './support.ts';

const { make } = useRuntimes();

const collect = globalThis.gc as unknown as (options: { type: 'minor' | 'major' }) => void;

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it.each(['minor', 'major'] as const)(
  'a promise of a guest that only a reaction hangs on settles, also after %s collections of the host',
  async (type) => {
    const runtime = make();
    const settle: ((value: number) => void)[] = [];
    runtime.bindFunction('later', () => new Promise<number>((resolve) => void settle.push(resolve)));
    const chained = Array.from({ length: 50 }, () =>
      runtime.evalAsync<{ p: Promise<number> }>('({ p: later() })').then((value) => value.p),
    );
    while (settle.length < chained.length) await turn();
    for (let i = 0; i < 5; i++) {
      await turn();
      collect({ type });
    }
    for (const [i, answer] of settle.entries()) answer(i);
    expect(await Promise.all(chained)).toEqual(chained.map((_, i) => i));
  },
);

it('and fails when its runtime ends', async () => {
  const runtime = make();
  const chained = Array.from({ length: 50 }, () =>
    runtime.evalAsync<{ p: Promise<number> }>('({ p: new Promise(() => {}) })').then((value) => value.p),
  );
  const failures = chained.map((promise) => promise.catch((error: Error) => error.name));
  while (runtime.getStats().pendingCalls > 0) await turn();
  await turn();
  collect({ type: 'minor' });
  collect({ type: 'minor' });
  runtime.close();
  expect(await Promise.all(failures)).toEqual(chained.map(() => 'RuntimeClosedError'));
});
