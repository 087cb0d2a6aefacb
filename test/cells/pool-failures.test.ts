import { type CellError, getProcessStats, ServerlessRuntime } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure } from '../runtime/support.ts';
import { fn, kill, useCellPools } from './pool-support.ts';
import { hasCells } from './support.ts';

const makePool = useCellPools();
const isolation = { mode: 'process', spareCells: 0 } as const;
const ended = { code: 'ERR_ISOLET_CELL', reason: 'ended', retryable: true, tenantId: 'acme' };

describe.skipIf(!hasCells)('a cell that dies in a pool', () => {
  it('takes what runs in it with it, and nothing of another tenant', async () => {
    const pool = makePool({ slow: () => new Promise((resolve) => setTimeout(() => resolve(1), 200)) }, { isolation });
    const other = fn('async () => await slow()', { tenantId: 'other' });
    const never = '() => new Promise(() => {})';
    const doomed = [
      pool.invoke(fn(never)),
      pool.invoke(fn(never)),
      pool.invoke(fn('() => { for (;;); }', { name: 'g', timeout: 60_000 })),
    ];
    const outcomes = Promise.allSettled(doomed);
    await pool.invoke(fn('() => 1', { name: 'h' }));
    await pool.invoke(other);
    expect(pool.stats().active).toBe(3);
    const beside = pool.invoke(other);
    const [cell] = pool.cells.starts;
    kill(cell?.pid ?? 0);
    for (const one of await outcomes) {
      expect(one).toMatchObject({ status: 'rejected', reason: { ...ended, pid: cell?.pid, signal: 'SIGKILL' } });
    }
    expect(await beside).toBe(1);
    await expect.poll(() => pool.cells.exits).toEqual([{ ...cell, reason: 'died', signal: 'SIGKILL' }]);
    await expect.poll(() => pool.stats()).toMatchObject({ runtimes: 1, active: 0, cells: { count: 1 } });
    expect(await pool.invoke(fn('() => 2', { name: 'h' }))).toBe(2);
    expect(pool.cells.starts).toHaveLength(3);
  });

  it('fails an invocation that waits for its runtime there, which is not run again', async () => {
    let loads = 0;
    let die = (): void => {};
    const load = () => {
      loads++;
      die();
      return new Promise(() => {});
    };
    const pool = makePool({ load }, { isolation });
    die = () => kill(pool.cells.starts[0]?.pid ?? 0);
    const code = 'const loaded = await load(); export default () => loaded;';
    const error = await failure(() => pool.invoke(fn(code)));
    expect(error).toMatchObject({ ...ended, signal: 'SIGKILL' });
    expect(loads).toBe(1);
    expect(pool.stats()).toMatchObject({ refused: 1, queued: 0 });
  });

  it('fails what is read of an answer', async () => {
    const pool = makePool({}, { isolation });
    const code = `export default {
      fetch: () => new Response(new ReadableStream({ start(c) { c.enqueue(new Uint8Array(3)); } })),
    }`;
    const response = await pool.fetch(fn(code), new Request('http://acme.example/'));
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value).toHaveLength(3);
    const rest = failure(() => reader.read());
    kill(pool.cells.starts[0]?.pid ?? 0);
    expect(await rest).toBeInstanceOf(Error);
    await expect.poll(() => pool.stats()).toMatchObject({ runtimes: 0, active: 0, cells: { count: 0 } });
  });

  it('again and again is replaced later and later, until that is forgiven', async () => {
    let pid = 0;
    const die = () => {
      kill(pid);
      return new Promise(() => {});
    };
    const pool = makePool({ die }, { isolation });
    pool.on('cellStart', (cell) => {
      pid = cell.pid;
    });
    const crash = fn('async () => { await die(); }');
    const good = fn('() => 1', { name: 'good' });
    const outcomes: string[] = [];
    let refusal: CellError | undefined;
    for (let i = 0; i < 20 && !refusal; i++) {
      const error = (await failure(() => pool.invoke(crash))) as unknown as CellError;
      outcomes.push(error.reason);
      if (error.reason !== 'ended') refusal = error;
    }
    // Three are free; the pauses that follow are longer each time, and one is met at some time.
    expect(outcomes.filter((reason) => reason === 'ended').length).toBeGreaterThanOrEqual(3);
    expect(refusal).toMatchObject({ code: 'ERR_ISOLET_CELL', reason: 'start', retryable: true, tenantId: 'acme' });
    expect(refusal?.message).toMatch(/cells of tenant 'acme' ended by themselves.* in \d+ ms/);
    const started = pool.cells.starts.length;
    expect(await failure(() => pool.prewarm(good))).toMatchObject({ reason: 'start' });
    expect(await pool.invoke(fn('() => 2', { tenantId: 'other' }))).toBe(2);
    expect(pool.cells.starts).toHaveLength(started + 1);
    pool.forgive('acme');
    expect(await pool.invoke(good)).toBe(1);
  });
});

describe.skipIf(!hasCells)('a cell with a guest that could not be stopped', () => {
  it('serves what runs there to its end and is replaced', async () => {
    const lostBefore = getProcessStats().lostIsolates;
    let answer = (): void => {};
    const pool = makePool({ wait: () => new Promise<void>((resolve) => (answer = resolve)) }, { isolation });
    const beside = pool.invoke(fn('async () => { await wait(); return 1; }', { name: 'beside', timeout: 60_000 }));
    // A check inside V8 that would end the process.
    const attack = fn("() => 'x'.repeat(2 ** 28).split('').length", { timeout: 60_000 });
    expect(await failure(() => pool.invoke(attack))).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
    await expect.poll(() => pool.stats().cells.list).toMatchObject([{ state: 'draining', busy: 1 }]);
    expect(await pool.invoke(fn('() => 2', { name: 'next' }))).toBe(2);
    expect(pool.cells.starts).toHaveLength(2);
    answer();
    expect(await beside).toBe(1);
    await expect.poll(() => pool.cells.exits).toMatchObject([{ reason: 'lost', pid: pool.cells.starts[0]?.pid }]);
    expect(getProcessStats().lostIsolates).toBe(lostBefore);
    expect(pool.stats().lost).toEqual({ acme: 1 });
  });
});

describe.skipIf(!hasCells)('a deployment whose code kills its cell', () => {
  it('fails, and changes nothing', async () => {
    let pid = 0;
    const serverless = new ServerlessRuntime({ die: () => kill(pid) }, { isolation });
    serverless.on('cellStart', (cell) => {
      pid = cell.pid;
    });
    await serverless.deploy({ tenantId: 'acme', name: 'f', code: '() => 1' });
    const code = 'await die(); await new Promise(() => {}); export default () => 2;';
    const error = await failure(() => serverless.deploy({ tenantId: 'acme', name: 'f', code }));
    expect(error).toMatchObject(ended);
    expect(await serverless.invoke('acme', 'f')).toBe(1);
    await serverless.cleanup();
  });
});
