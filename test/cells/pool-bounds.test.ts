import { describe, expect, it } from 'vitest';
import { deferred } from '../runtime/support.ts';
import { fn, useCellPools } from './pool-support.ts';
import { hasCells } from './support.ts';

const makePool = useCellPools();
const isolation = { mode: 'process', spareCells: 0 } as const;
const waits = 'async () => { await hold(); return 1; }';

/** A platform function that tells when it is called, and answers when it may. */
function holding() {
  const called = deferred<void>();
  const answer = deferred<void>();
  const hold = () => {
    called.resolve();
    return answer.promise;
  };
  return { hold, called: called.promise, go: () => answer.resolve() };
}

describe.skipIf(!hasCells)('maxCells', () => {
  it('closes the cell in which nothing has run for longest, when another tenant comes', async () => {
    const pool = makePool({}, { isolation: { ...isolation, maxCells: 2 } });
    const ask = (tenantId: string) => pool.invoke(fn('() => 1', { tenantId }));
    for (const tenantId of ['a', 'b', 'a', 'c']) expect(await ask(tenantId)).toBe(1);
    expect(pool.cells.exits).toMatchObject([{ tenantId: 'b', reason: 'capacity' }]);
    expect(pool.stats().cells.list.map(({ tenantId }) => tenantId)).toEqual(['a', 'c']);
    expect(pool.stats().evictions).toEqual({ cell: 1 });
  });

  it('keeps calls waiting while all cells are at work', async () => {
    const { hold, called, go } = holding();
    const pool = makePool({ hold }, { isolation: { ...isolation, maxCells: 1 } });
    const first = pool.invoke(fn(waits, { tenantId: 'a' }));
    await called;
    const second = pool.invoke(fn('() => 2', { tenantId: 'b' }));
    const third = pool.invoke(fn('() => 3', { tenantId: 'c' }));
    await expect(pool.invoke(fn('() => 4', { tenantId: 'd' }), 0, { queueTimeout: 50 })).rejects.toMatchObject({
      code: 'ERR_ISOLET_TIMEOUT',
      phase: 'queued',
      message: expect.stringContaining("'isolation.maxCells'"),
    });
    expect(pool.stats()).toMatchObject({ queued: 2, cells: { count: 1 } });
    go();
    expect(await Promise.all([first, second, third])).toEqual([1, 2, 3]);
    expect(pool.cells.starts.map(({ tenantId }) => tenantId)).toEqual(['a', 'b', 'c']);
  });

  it('does not keep the functions of this process waiting, nor what has a cell', async () => {
    const { hold, called, go } = holding();
    const pool = makePool({ hold }, { isolation: { ...isolation, maxCells: 1 } });
    const first = pool.invoke(fn(waits, { tenantId: 'a' }));
    await called;
    const second = pool.invoke(fn('() => 2', { tenantId: 'b' }));
    expect(await pool.invoke(fn('() => 3', { tenantId: 'a', name: 'g' }))).toBe(3);
    go();
    expect(await Promise.all([first, second])).toEqual([1, 2]);
  });

  it('refuses to prewarm with an error that names it', async () => {
    const { hold, called, go } = holding();
    const pool = makePool({ hold }, { isolation: { ...isolation, maxCells: 1 } });
    const first = pool.invoke(fn(waits, { tenantId: 'a' }));
    await called;
    await expect(pool.prewarm(fn('() => 2', { tenantId: 'b' }))).rejects.toMatchObject({
      code: 'ERR_ISOLET_CAPACITY',
      limit: 1,
      actual: 1,
      retryable: true,
      message: expect.stringContaining('isolation.maxCells'),
    });
    go();
    await first;
    await pool.prewarm(fn('() => 2', { tenantId: 'b' }));
    expect(pool.stats().cells.list).toMatchObject([{ tenantId: 'b', runtimes: 1, busy: 0 }]);
  });

  it('a call that is aborted while it waits for a cell takes none', async () => {
    const { hold, called, go } = holding();
    const pool = makePool({ hold }, { isolation: { ...isolation, maxCells: 1 } });
    const first = pool.invoke(fn(waits, { tenantId: 'a' }));
    await called;
    const controller = new AbortController();
    const second = pool.invoke(fn('() => 2', { tenantId: 'b' }), 0, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(second).rejects.toThrow('enough');
    go();
    await first;
    expect(pool.stats().cells.list).toMatchObject([{ tenantId: 'a' }]);
  });
});

describe.skipIf(!hasCells)('maxCellMemoryMb', () => {
  it('is what a runtime has to fit into', async () => {
    const pool = makePool({}, { isolation: { ...isolation, maxCellMemoryMb: 192 } });
    await expect(pool.invoke(fn('() => 1', { memoryMb: 61 }))).rejects.toMatchObject({
      code: 'ERR_ISOLET_CAPACITY',
      retryable: false,
      limit: 60,
      actual: 61,
      message: expect.stringContaining('isolation.maxCellMemoryMb'),
    });
    expect(pool.cells.starts).toEqual([]);
    expect(await pool.invoke(fn('() => 1', { memoryMb: 60 }))).toBe(1);
  });

  it('has a tenant with more runtimes get more cells', async () => {
    const pool = makePool({}, { isolation: { ...isolation, maxCellMemoryMb: 192 } });
    for (const name of ['f', 'g', 'h']) expect(await pool.invoke(fn('() => 1', { name, memoryMb: 28 }))).toBe(1);
    expect(pool.stats().cells.list).toMatchObject([
      { tenantId: 'acme', runtimes: 2 },
      { tenantId: 'acme', runtimes: 1 },
    ]);
  });
});

describe.skipIf(!hasCells)('the age of a cell', () => {
  it('ends it when what runs there has ended, and another serves meanwhile', async () => {
    const { hold, called, go } = holding();
    const pool = makePool({ hold }, { isolation: { ...isolation, maxCellAge: 1 } });
    const first = pool.invoke(fn(waits));
    await called;
    await expect.poll(() => pool.stats().cells.list).toMatchObject([{ state: 'draining', runtimes: 1, busy: 1 }]);
    expect(await pool.invoke(fn('() => 2', { name: 'g' }))).toBe(2);
    expect(pool.cells.starts).toHaveLength(2);
    go();
    expect(await first).toBe(1);
    const old = pool.cells.starts[0];
    await expect.poll(() => pool.cells.exits.find(({ pid }) => pid === old?.pid)).toMatchObject({ reason: 'age' });
  });

  it('ends it when nobody uses it', async () => {
    const pool = makePool({}, { isolation, idleTtl: 20 });
    expect(await pool.invoke(fn('() => 1'))).toBe(1);
    await expect.poll(() => pool.cells.exits).toMatchObject([{ tenantId: 'acme', reason: 'idle' }]);
    expect(pool.stats()).toMatchObject({ runtimes: 0, cells: { count: 0, list: [] } });
    expect(await pool.invoke(fn('() => 2'))).toBe(2);
  });
});

describe.skipIf(!hasCells)('groups', () => {
  it('a function for each cell, on request', async () => {
    const pool = makePool({}, { isolation: { ...isolation, group: 'function' } });
    for (const name of ['f', 'g', 'f']) await pool.invoke(fn('() => 1', { name }));
    expect(pool.stats().cells.list.map(({ group, runtimes }) => [group, runtimes])).toEqual([
      ['f', 1],
      ['g', 1],
    ]);
  });

  it('a function of the host that fails is a warning, and a cell for each function', async () => {
    const warnings: string[] = [];
    const note = ({ message }: Error): number => warnings.push(message);
    process.on('warning', note);
    const answers: unknown[] = [7, undefined];
    const group = (): string => {
      if (answers.length === 0) throw new Error('database down');
      return answers.pop() as string;
    };
    const pool = makePool({}, { isolation: { ...isolation, group } });
    for (const name of ['f', 'g', 'h']) await pool.invoke(fn('() => 1', { name }));
    process.off('warning', note);
    expect(pool.cells.starts.map((cell) => cell.group)).toEqual(['f', 'g', 'h']);
    expect(warnings.filter((text) => text.includes('isolation.group'))).toHaveLength(1);
  });
});
