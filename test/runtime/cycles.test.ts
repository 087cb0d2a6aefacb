import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { getProcessStats, Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { until } from './support.ts';

/** Threads of this process, the engine's and all others; `undefined` where the system does not tell. */
function threads(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

/** Runs `cycle` many times and checks that isolates and threads are as many as before. */
async function repeat(times: number, cycle: (i: number) => unknown): Promise<void> {
  for (let i = 0; i < 20; i++) await cycle(i);
  await until(() => getProcessStats().liveIsolates === 0, 'no isolate before');
  const before = getProcessStats();
  const threadsBefore = threads();
  for (let i = 0; i < times; i++) await cycle(i);
  await until(() => getProcessStats().liveIsolates === 0, 'no isolate after');
  expect(getProcessStats().lostIsolates).toBe(before.lostIsolates);
  // The engine starts its threads as work asks for them, as many as there are processors, and one for a synchronous call
  // that comes while all of them are taken.
  const more = Math.max(0, availableParallelism() + 1 - before.engineThreads);
  expect(getProcessStats().engineThreads).toBeLessThanOrEqual(before.engineThreads + more);
  if (threadsBefore !== undefined) expect(threads()).toBeLessThanOrEqual(threadsBefore + more);
}

describe('no isolate and no thread is left', () => {
  it('after 1,000 cycles of new, eval and close', async () => {
    await repeat(1000, (i) => {
      const runtime = new Runtime();
      expect(runtime.eval(`${i} + 1`)).toBe(i + 1);
      runtime.close();
    });
  });

  it('after 200 cycles of create, evalAsync and closeAsync', async () => {
    await repeat(200, async (i) => {
      const runtime = await Runtime.create();
      runtime.bindFunction('next', async (n) => (n as number) + 1);
      expect(await runtime.evalAsync(`next(${i})`)).toBe(i + 1);
      await runtime.closeAsync();
    });
  });

  it('after 20 cycles of ten runtimes made at once and closed busy', async () => {
    await repeat(20, async () => {
      const all = await Promise.all(Array.from({ length: 10 }, () => Runtime.create({ timeout: 5000 })));
      const calls = all.map((runtime, i) => runtime.evalAsync(i < 2 ? 'for (;;);' : 'new Promise(() => {})'));
      for (const runtime of all) runtime.close();
      const ends = await Promise.allSettled(calls);
      for (const end of ends) expect(end).toMatchObject({ reason: { code: 'ERR_ISOLET_CLOSED' } });
    });
  });

  it('after 20 guests that were ended by their limits', async () => {
    await repeat(10, async () => {
      const slow = new Runtime({ timeout: 5 });
      await expect(slow.evalAsync('for (;;);')).rejects.toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
      slow.close();
      const large = new Runtime({ maxHeapSize: 16 * 2 ** 20 });
      const fill = large.evalAsync('const a = []; for (;;) a.push(new Array(1000).fill(0));');
      await expect(fill).rejects.toMatchObject({ code: 'ERR_ISOLET_HEAP_LIMIT' });
    });
  });

  it('after runtimes that could not be made', async () => {
    await repeat(50, async () => {
      expect(() => new Runtime({ bootstrap: 'throw new Error("no")' })).toThrow('no');
      await expect(Runtime.create({ bootstrap: '(' })).rejects.toMatchObject({ name: 'SyntaxError' });
    });
  });
});
