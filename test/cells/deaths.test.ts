import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { CellError, createCell, type JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { familyOf, isThere } from './processes.ts';
import { hasCells, root } from './support.ts';

const gone = { code: 'ERR_ISOLET_CELL', reason: 'ended', retryable: true };

describe.skipIf(!hasCells)('a cell that dies', () => {
  it('fails every call that is pending in it, and every later one', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const other = await cell.createRuntime();
    const add: JsFunction = other.eval('(a, b) => a + b');
    const never = runtime.eval<Promise<unknown>>('new Promise(() => {})');
    const calls = [runtime.evalAsync('for (;;);'), other.evalAsync('new Promise(() => {})'), never];
    const outcomes = Promise.allSettled(calls);
    for (const pid of familyOf(cell.pid)) process.kill(pid, 'SIGKILL');
    const settled = await outcomes;
    for (const one of settled) expect(one).toMatchObject({ status: 'rejected', reason: gone });
    expect(() => add(1, 2)).toThrow(expect.objectContaining(gone));
    expect(() => runtime.eval('1')).toThrow(CellError);
    await expect(other.evalAsync('1')).rejects.toMatchObject(gone);
    expect(runtime.state).toBe('terminated');
    await expect.poll(() => cell.closed).toBe(true);
    await expect(cell.createRuntime()).rejects.toMatchObject(gone);
    await Promise.all([runtime.closeAsync(), other.closeAsync(), cell.close()]);
  });

  it('ends a synchronous call that waits for it', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const processes = familyOf(cell.pid);
    runtime.bindFunction('die', () => {
      for (const pid of processes) process.kill(pid, 'SIGKILL');
      return 1;
    });
    expect(() => runtime.eval('die(); for (;;);')).toThrow(expect.objectContaining(gone));
    await cell.close();
  });

  it('says so in an event of its runtimes', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const told = once(runtime, 'terminated');
    const call = runtime.evalAsync('new Promise(() => {})');
    for (const pid of familyOf(cell.pid)) process.kill(pid, 'SIGKILL');
    await expect(call).rejects.toMatchObject(gone);
    await told;
    await runtime.closeAsync();
  });

  it('is named by every error of what was open there, and by those of streams', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime({ streams: true });
    let upstream: (reason: unknown) => void = () => {};
    const cancelled = new Promise((resolve) => {
      upstream = resolve;
    });
    let parts = 0;
    const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(++parts);
    runtime.bindFunction('open', () => new ReadableStream({ pull, cancel: upstream }));
    const held = runtime.eval<{ promise: Promise<unknown>; stream: ReadableStream }>(`({
      promise: new Promise(() => {}),
      stream: new ReadableStream({ start: (c) => c.enqueue('first') }),
    })`);
    held.promise.catch(() => {});
    const reader = held.stream.getReader();
    expect((await reader.read()).value).toBe('first');
    runtime.addModule('never', 'await new Promise(() => {});');
    const reads = 'const reader = open().getReader(); (async () => { for (;;) await reader.read(); })()';
    const open = [
      held.promise,
      reader.read(),
      cancelled.then((reason) => Promise.reject(reason)),
      runtime.evalAsync(reads),
      runtime.evalModuleAsync('never'),
    ];
    const outcomes = Promise.allSettled(open);
    await expect.poll(() => parts).toBeGreaterThan(2);
    const named = { ...gone, pid: cell.pid };
    for (const pid of familyOf(cell.pid)) process.kill(pid, 'SIGKILL');
    for (const one of await outcomes) expect(one).toMatchObject({ status: 'rejected', reason: named });
    await cell.exited;
    const later = { ...named, signal: 'SIGKILL' };
    expect(() => runtime.eval('1')).toThrow(expect.objectContaining(later));
    await expect(runtime.evalAsync('1')).rejects.toMatchObject(later);
    await runtime.closeAsync();
  });

  it('is closed on request: what is pending fails, and the process is gone', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const processes = familyOf(cell.pid);
    const busy = runtime.evalAsync('for (;;);');
    const closing = cell.close();
    await expect(busy).rejects.toMatchObject(gone);
    await closing;
    await expect.poll(() => processes.filter(isThere)).toEqual([]);
    await cell.close();
    await runtime.closeAsync();
  });
});

describe.skipIf(!hasCells)('a host with a cell', () => {
  /** @param rest - after a cell with a busy runtime was made, whose processes stand on stdout */
  function host(rest: string) {
    const code = `
      const { createCell } = require(${JSON.stringify(`${root}dist/index.cjs`)});
      (async () => {
        const cell = await createCell();
        const runtime = await cell.createRuntime();
        await runtime.evalAsync('globalThis.a = 1');
        process.stdout.write(String(cell.pid));
        ${rest}
      })();`;
    return spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  it('ends although the cell is open, when nothing is pending', async () => {
    const child = host('');
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    await expect.poll(() => isThere(Number(pid))).toBe(false);
  });

  it('stays for a call that is pending', async () => {
    const child = host(`process.stdout.write(' ' + await runtime.evalAsync('new Promise((r) => r(7))'));`);
    let text = '';
    child.stdout.on('data', (part) => {
      text += part;
    });
    await once(child, 'close');
    expect(text).toMatch(/^\d+ 7$/);
  });

  it('leaves no process behind when it is killed, or exits in the middle of a call', async () => {
    for (const rest of ["runtime.evalAsync('for (;;);')", "runtime.evalAsync('for (;;);'); process.exit(3)"]) {
      const child = host(rest);
      const exit = once(child, 'exit');
      const [pid] = (await once(child.stdout, 'data')) as [Buffer];
      const processes = familyOf(Number(pid));
      if (!rest.includes('exit')) child.kill('SIGKILL');
      await exit;
      await expect.poll(() => processes.filter(isThere)).toEqual([]);
    }
  });
});
