import { createRequire } from 'node:module';
import { type Cell, CellError, createCell, type Runtime } from 'isolet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cell as CellClass } from '../../lib/runtime/cell.ts';
import { CellProcess } from '../../lib/runtime/cell-process.ts';
import { hasCells, root } from './support.ts';

const programs = `${root}test/cells/programs`;
const { forgeries, silences } = createRequire(import.meta.url)(`${programs}/forgeries.cjs`) as {
  forgeries: object;
  silences: object;
};
const mebibyte = 1024 ** 2;

/** A cell, sealed as every cell is, whose end of the channel is an attacker's: test/cells/programs/forger.cjs. */
async function startTaken(): Promise<{ cell: Cell; attacker: Runtime; other: Runtime }> {
  const readable = ['dist', 'package.json', 'test/cells/programs'].map((name) => `${root}${name}`);
  const script = `${programs}/forger.cjs`;
  const cell = new CellClass(await CellProcess.start({ script, readable, namespaces: 'off' }));
  return { cell, attacker: await cell.createRuntime(), other: await cell.createRuntime() };
}

describe.skipIf(!hasCells)('an attacker who writes to the host from a sealed cell', () => {
  let honest: Cell;
  let bystander: Runtime;
  let before: number;
  beforeAll(async () => {
    honest = await createCell();
    bystander = await honest.createRuntime();
    before = process.memoryUsage().rss;
  });
  afterAll(() => honest.close());

  /** The attacker does what `name` says: its cell is ended, for `why`, and nothing else is. */
  async function attack(name: string, why: 'misbehaved' | 'silent'): Promise<void> {
    const { cell, attacker, other } = await startTaken();
    const called: unknown[] = [];
    for (const name of ['a', 'b', 'c']) other.bindFunction(name, (...given) => called.push(given));
    attacker.bindFunction('host', () => new Promise(() => {}));
    const calls = [other.evalAsync('waits'), attacker.evalAsync('waits'), attacker.evalAsync(`forge: ${name};`)];
    const [first, second] = await Promise.allSettled(calls);
    const gone = { code: 'ERR_ISOLET_CELL', reason: 'ended', retryable: true, pid: cell.pid };
    const message = why === 'silent' ? /did not answer/ : /sent (?:what can't be|more than may be)/;
    expect(first).toMatchObject({ status: 'rejected', reason: { ...gone, message: expect.stringMatching(message) } });
    // It may say that its own guest has ended first.
    expect(second).toMatchObject({ status: 'rejected' });
    expect(called).toEqual([]);
    // Its host kills it, if it did not go before when the channel was closed.
    const { reason, code, signal } = await cell.exited;
    expect(reason).toBe(why);
    expect([
      [null, 'SIGKILL'],
      [0, null],
    ]).toContainEqual([code, signal]);
    expect(() => other.eval('1')).toThrow(CellError);
    expect(await bystander.evalAsync('6 * 7')).toBe(42);
    await Promise.all([attacker.closeAsync(), other.closeAsync(), cell.close()]);
    expect(process.memoryUsage().rss - before).toBeLessThan(256 * mebibyte);
  }

  it('is believed as long as it writes what a cell may write', async () => {
    const { cell, attacker } = await startTaken();
    expect(await attacker.evalAsync('honest')).toBe(42);
    expect(cell.closed).toBe(false);
    await cell.close();
    await attacker.closeAsync();
  });

  it.each(Object.keys(forgeries))('ends with its cell, and nothing else does: %s', (name) =>
    attack(name, 'misbehaved'),
  );

  it.each(Object.keys(silences))('is not waited for when it says %s', (name) => attack(name, 'silent'));
});
