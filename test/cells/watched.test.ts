import { type Cell, createCell, type JsFunction, type Runtime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { hasStopped } from './processes.ts';
import { hasCells } from './support.ts';

describe.skipIf(!hasCells)('a cell is looked at from outside', () => {
  it('and ended if it has stopped, also without a timeout', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const call = runtime.evalAsync('new Promise(() => {})');
    process.kill(cell.pid, 'SIGSTOP');
    await expect(call).rejects.toMatchObject({ code: 'ERR_ISOLET_CELL', reason: 'ended', retryable: true });
    expect(await cell.exited).toMatchObject({ reason: 'silent', signal: 'SIGKILL' });
  });

  it.each([
    ['eval', (runtime: Runtime) => runtime.eval('6 * 7')],
    ['a function', (_runtime: Runtime, add: JsFunction) => add(1, 2)],
    ['a binding', (runtime: Runtime) => runtime.bindObject('o', {})],
    ['another runtime', (_runtime: Runtime, _add: JsFunction, cell: Cell) => cell.createRuntimeSync()],
  ])('and ended if it has stopped while this thread waits for it, without a timeout: %s', async (_name, wait) => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const add: JsFunction = runtime.eval('(a, b) => a + b');
    process.kill(cell.pid, 'SIGSTOP');
    await expect.poll(() => hasStopped(cell.pid)).toBe(true);
    const ended = { code: 'ERR_ISOLET_CELL', reason: 'ended', retryable: true, pid: cell.pid };
    expect(() => wait(runtime, add, cell)).toThrow(expect.objectContaining(ended));
    expect(await cell.exited).toMatchObject({ reason: 'silent', signal: 'SIGKILL' });
  });

  it('and left alone while a call computes for long', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const compute = "const from = Date.now(); while (Date.now() - from < 7000); 'done'";
    await expect(runtime.evalAsync(compute)).resolves.toBe('done');
    await cell.close();
  });

  it('and ended if it has more memory than it may: the error has the numbers', async () => {
    const mib = 1024 ** 2;
    const cell = await createCell({ maxMemory: 64 * mib });
    const runtime = await cell.createRuntime({ maxHeapSize: 1024 * mib });
    const other = await cell.createRuntime();
    // Slowly: who grows faster meets the bound of the kernel.
    const grow = `
      const all = [];
      for (;;) {
        all.push(new Array(131072).fill(all.length + 0.5));
        const from = Date.now();
        while (Date.now() - from < 20);
      }`;
    const calls = [runtime.evalAsync(grow), other.evalAsync('new Promise(() => {})')];
    for (const call of calls) {
      const error = await call.then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toMatchObject({ code: 'ERR_ISOLET_CELL', reason: 'memory', retryable: true });
      const { limit, used } = error as { limit: number; used: number };
      expect(limit).toBeGreaterThan(64 * mib);
      expect(used).toBeGreaterThan(limit);
      expect(used).toBeLessThan(limit + 64 * mib);
    }
    expect(await cell.exited).toMatchObject({ reason: 'memory' });
  });

  it('and says that it should go when a guest in it was given up', async () => {
    const cell = await createCell({ maxMemory: 4 * 1024 ** 3 });
    const runtime = await cell.createRuntime({ maxHeapSize: 64 * 1024 ** 2 });
    const other = await cell.createRuntime();
    const add: JsFunction<[number, number], number> = other.eval('(a, b) => a + b');
    expect(cell.state).toBe('open');
    await expect(runtime.evalAsync("'x'.repeat(2 ** 28).split('').length")).rejects.toThrow();
    await expect.poll(() => cell.state, { timeout: 30_000 }).toBe('draining');
    expect(await add.callAsync([1, 2])).toBe(3);
    await cell.close();
    expect(cell.state).toBe('closed');
  });
});

describe.skipIf(!hasCells)('how a cell ended', () => {
  it.each([
    ['SIGKILL', 'killed'],
    ['SIGABRT', 'crashed'],
    ['SIGSEGV', 'crashed'],
    ['SIGSYS', 'forbidden'],
  ] as const)('with %s is known as %s', async (signal, reason) => {
    const cell = await createCell({ namespaces: 'off' });
    process.kill(cell.pid, signal);
    expect(await cell.exited).toMatchObject({ signal, reason });
  });

  it('at the request of its owner is known as that', async () => {
    const cell = await createCell();
    await cell.close();
    expect(await cell.exited).toMatchObject({ reason: 'closed' });
  });
});
