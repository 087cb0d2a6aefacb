import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { CellStock } from '../../lib/pool/cells/stock.ts';
import { type PoolIsolation, resolveIsolation } from '../../lib/pool/options/isolation.ts';
import { childrenOf, familyOf, isThere, spawnersOf } from './processes.ts';
import { hasCells, root } from './support.ts';

const open: CellStock[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((stock) => stock.close()));
});

function stockOf(options: PoolIsolation): CellStock {
  const stock = new CellStock(resolveIsolation(options));
  open.push(stock);
  return stock;
}

const poll = (look: () => unknown) => expect.poll(look, { timeout: 60_000 });

/** What this process's spawner has started and not buried. */
const cellsHere = () => spawnersOf(process.pid).flatMap((pid) => childrenOf(pid));

describe.skipIf(!hasCells)('cells kept ready', () => {
  it('are given once each, and made anew', async () => {
    const stock = stockOf({ spareCells: 2 });
    await poll(() => stock.size).toBe(2);
    const given = [await stock.take(), await stock.take(), await stock.take()];
    expect(new Set(given.map(({ pid }) => pid)).size).toBe(3);
    await poll(() => stock.size).toBe(2);
    const last = await stock.take();
    expect(given.map(({ pid }) => pid)).not.toContain(last.pid);
    for (const cell of [...given, last]) {
      expect(cell.open).toBe(true);
      cell.end('it was looked at');
      await cell.exited;
    }
  });

  it('are waited for by who comes while they start', async () => {
    const stock = stockOf({ spareCells: 2 });
    const cells = await Promise.all([stock.take(), stock.take(), stock.take()]);
    expect(new Set(cells.map(({ pid }) => pid)).size).toBe(3);
    for (const cell of cells) cell.end('it was looked at');
    await Promise.all(cells.map(({ exited }) => exited));
  });

  it('are replaced when they die, and when they are old', async () => {
    const stock = stockOf({ spareCells: 1, maxCellAge: 5000 });
    await poll(() => stock.size).toBe(1);
    const before = cellsHere();
    for (const pid of before.flatMap(familyOf)) process.kill(pid, 'SIGKILL');
    await poll(() => stock.size).toBe(0);
    await poll(() => stock.size).toBe(1);
    const second = cellsHere();
    expect(second).not.toEqual(before);
    await poll(() => cellsHere().some((pid) => second.includes(pid))).toBe(false);
    await poll(() => stock.size).toBe(1);
  });

  it('are gone when the stock is closed, those that start too', async () => {
    for (const wait of [false, true]) {
      const stock = stockOf({ spareCells: 2 });
      if (wait) await poll(() => stock.size).toBe(2);
      await stock.close();
      expect(stock.size).toBe(0);
      expect(cellsHere()).toEqual([]);
    }
  });

  it('are not made before somebody wants one where cells are the exception', async () => {
    const stock = stockOf({ mode: 'isolate', spareCells: 1 });
    expect(cellsHere()).toEqual([]);
    const cell = await stock.take();
    await poll(() => stock.size).toBe(1);
    cell.end('it was looked at');
    await cell.exited;
  });

  it('can be none, and where none can be had who takes one hears why', async () => {
    const none = stockOf({ spareCells: 0 });
    const cell = await none.take();
    cell.end('it was looked at');
    await cell.exited;
    expect(none.size).toBe(0);
    const hopeless = stockOf({ spareCells: 1, startTimeout: 1 });
    await expect(hopeless.take()).rejects.toMatchObject({ code: 'ERR_ISOLET_CELL', retryable: true });
    expect(hopeless.size).toBe(0);
  });

  it('keep no process alive, whether they start or are there', async () => {
    for (const rest of ['', 'pool.invoke({ tenantId: "t", name: "f", code: "export default () => 1" }, 1)']) {
      const code = `
        const { RuntimePool } = require(${JSON.stringify(`${root}dist/index.cjs`)});
        const pool = new RuntimePool({}, { isolation: { spareCells: 2 } });
        ${rest}`;
      const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'inherit', 'inherit'] });
      const exited = once(child, 'exit');
      let family: number[] = [];
      const watch = setInterval(() => {
        if (child.exitCode === null) family = familyOf(child.pid ?? 0);
      }, 20);
      expect(await exited).toEqual([0, null]);
      clearInterval(watch);
      await poll(() => family.filter(isThere)).toEqual([]);
    }
  });
});
