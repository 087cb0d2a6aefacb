import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createCell } from 'isolet';
import { describe, expect, it } from 'vitest';
import { launcherFile } from '../../lib/binding.ts';
import { startCell } from '../../lib/cells/cell.ts';
import { spawner } from '../../lib/cells/spawner.ts';
import { parseAnswer } from '../../lib/cells/spawner-answers.ts';
import { childrenOf, familyOf, isThere, isZombie, spawnersOf } from './processes.ts';
import { hasCells, root } from './support.ts';

const gone = { code: 'ERR_ISOLET_CELL', reason: 'ended', retryable: true };

/** A host with two cells, one of them busy, that then does `rest` and writes a word when it got there. */
async function host(rest: string): Promise<{ child: ChildProcess; pid: number; family: number[] }> {
  const code = `
    const { createCell } = require(${JSON.stringify(`${root}dist/index.cjs`)});
    (async () => {
      const [cell, idle] = await Promise.all([createCell(), createCell()]);
      const runtime = await cell.createRuntime();
      const call = runtime.evalAsync('for (;;);');
      call.catch(() => {});
      ${rest}
      setInterval(() => {}, 1000);
    })();`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  return { child, pid, family: familyOf(pid) };
}

const ready = "process.stdout.write('ready');";

describe.skipIf(!hasCells)('the process that starts cells', () => {
  it('is one, whatever is started, and all that it started are its children', async () => {
    const cells = await Promise.all([createCell(), createCell(), createCell({ namespaces: 'off' })]);
    const [one, ...others] = spawnersOf(process.pid);
    expect(others).toEqual([]);
    const family = familyOf(one ?? 0);
    for (const { pid } of cells) expect(family).toContain(pid);
    await Promise.all(cells.map((cell) => cell.close()));
    expect(spawnersOf(process.pid)).toEqual([one]);
    expect(childrenOf(one ?? 0)).toEqual([]);
  });

  it('says how a cell ended, who killed it, and what it took', async () => {
    for (const namespaces of ['off', 'auto'] as const) {
      const cell = await startCell({ namespaces });
      expect(readFileSync(`/proc/${cell.pid}/comm`, 'latin1')).toMatch(/^(?:node|MainThread)\n$/);
      process.kill(cell.pid, 'SIGKILL');
      const exit = await cell.exited;
      expect(exit).toMatchObject({ code: null, signal: 'SIGKILL' });
      expect(exit.peakMemory).toBeGreaterThan(20 * 1024 ** 2);
      expect(exit.peakMemory).toBeLessThan(1024 ** 3);
      expect(exit.cpuTime).toBeGreaterThan(10);
      const other = await startCell({ namespaces });
      other.kill();
      const killed = await other.exited;
      expect(killed).toMatchObject({ code: null, signal: 'SIGKILL' });
      expect(killed.peakMemory).toBeGreaterThan(20 * 1024 ** 2);
    }
  });

  it('ends when its host is killed, with all that it has started', async () => {
    const { child, family } = await host(ready);
    expect(family.length).toBeGreaterThanOrEqual(4);
    child.kill('SIGKILL');
    await expect.poll(() => family.filter(isThere), { timeout: 20_000 }).toEqual([]);
  });

  it('takes its cells along when it is killed; the host goes on with another one', async () => {
    const cell = await createCell();
    const runtime = await cell.createRuntime();
    const call = runtime.evalAsync('for (;;);');
    const outcome = call.catch((error: unknown) => error);
    const [first = 0] = spawnersOf(process.pid);
    const family = familyOf(first);
    process.kill(first, 'SIGKILL');
    expect(await outcome).toMatchObject(gone);
    await expect.poll(() => family.filter(isThere), { timeout: 20_000 }).toEqual([]);
    await expect.poll(() => isZombie(first)).toBe(false);
    await cell.close();
    const next = await createCell();
    const again = await next.createRuntime();
    expect(await again.evalAsync('6 * 7')).toBe(42);
    expect(spawnersOf(process.pid)).not.toContain(first);
    await next.close();
  });

  it('fails what it was asked when it is killed meanwhile, and that can be tried again', async () => {
    await (await createCell()).close();
    const starts = Promise.allSettled([createCell(), createCell(), createCell()]);
    for (const one of spawnersOf(process.pid)) process.kill(one, 'SIGKILL');
    for (const one of await starts) {
      if (one.status === 'fulfilled') await one.value.close();
      else expect(one.reason).toMatchObject({ code: 'ERR_ISOLET_CELL', retryable: true });
    }
    await (await createCell()).close();
  });

  it('ends with the worker thread that made it, and is buried; the process lives on', async () => {
    const code = `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(\`
        const { createCell } = require(${JSON.stringify(`${root}dist/index.cjs`)});
        const { parentPort } = require('node:worker_threads');
        createCell().then(async (cell) => {
          globalThis.cell = cell;
          (await cell.createRuntime()).evalAsync('for (;;);').catch(() => {});
          parentPort.postMessage('ready');
          setInterval(() => {}, 1000);
        });\`, { eval: true });
      worker.once('message', () => process.stdout.write('ready'));
      process.stdin.on('data', () => worker.terminate());`;
    const child = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const started = familyOf(child.pid ?? 0).slice(1);
    expect(started.length).toBeGreaterThanOrEqual(2);
    child.stdin.write('now');
    await expect.poll(() => started.filter((pid) => isThere(pid) || isZombie(pid)), { timeout: 20_000 }).toEqual([]);
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
  });

  it('leaves nothing unburied when the host ends: it is there until all have ended', async () => {
    for (const end of ['process.exit(0);', 'process.kill(process.pid, "SIGTERM");']) {
      const { child, family } = await host(`${ready} process.stdin.once('data', () => { ${end} });`);
      child.stdin?.write('now');
      await once(child, 'exit');
      await expect.poll(() => family.filter((pid) => isThere(pid) || isZombie(pid)), { timeout: 20_000 }).toEqual([]);
    }
  });

  it('leaves the host no descriptor, and none that a program started by the host would get', async () => {
    const open = () => readdirSync('/proc/self/fd').length;
    const inherited = () =>
      readdirSync('/proc/self/fdinfo').filter((fd) => {
        try {
          const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1] ?? '0';
          return (Number.parseInt(flags, 8) & 0o2000000) === 0;
        } catch {
          return false;
        }
      });
    await (await createCell()).close();
    const before = open();
    const inheritedBefore = inherited();
    const cells = await Promise.all(Array.from({ length: 4 }, () => createCell()));
    expect(inherited()).toEqual(inheritedBefore);
    await Promise.all(cells.map((cell) => cell.close()));
    await expect.poll(open).toBeLessThanOrEqual(before);
  });

  it('starts a program that is not there or may not be run as an error that says so', async () => {
    const starts = spawner(launcherFile() ?? '');
    const start = (program: string) => starts.start({ program, arguments: [] });
    await expect(start('/nowhere')).rejects.toMatchObject({ message: /execve answered ENOENT/, retryable: false });
    await expect(start('/etc')).rejects.toThrow(/execve answered EACCES/);
    const user = { uid: 65534, gid: 65534 };
    const other = starts.start({ program: '/bin/true', arguments: [], user });
    if (process.getuid?.() === 0) expect(await (await other).exited).toMatchObject({ code: 0 });
    else await expect(other).rejects.toThrow(/set(?:gid|uid) answered EPERM/);
  });

  it('is ended when it does not answer, and what it was asked fails', async () => {
    const cell = await createCell();
    const [stopped = 0] = spawnersOf(process.pid);
    process.kill(stopped, 'SIGSTOP');
    await expect(createCell()).rejects.toMatchObject({ code: 'ERR_ISOLET_CELL', retryable: true });
    await cell.close();
    await expect.poll(() => isThere(stopped)).toBe(false);
    await (await createCell()).close();
  });
});

describe('what it says', () => {
  it('is read line by line, and nothing else is', () => {
    expect(parseAnswer('started 7 123')).toEqual({ kind: 'started', id: 7, pid: 123 });
    expect(parseAnswer('failed 7 execve 2')).toEqual({ kind: 'failed', id: 7, call: 'execve', errno: 2 });
    expect(parseAnswer('exited 7 -1 9 2048 1500')).toEqual({
      kind: 'exited',
      id: 7,
      code: null,
      signal: 9,
      peakMemory: 2048 * 1024,
      cpuTime: 1.5,
    });
    expect(parseAnswer('hello 1')).toBeUndefined();
  });
});
