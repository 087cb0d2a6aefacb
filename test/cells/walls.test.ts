import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCell } from 'isolet';
import { afterAll, describe, expect, it } from 'vitest';
import { launcherFile } from '../../lib/binding.ts';
import { type CellOptions, startCell } from '../../lib/cells/cell.ts';
import { requiredLayers } from '../../lib/cells/layers.ts';
import { findFailure, mergeWalls } from '../../lib/cells/walls.ts';
import { CellError } from '../../lib/errors/cell-error.ts';
import { hasCells, startProgram } from './support.ts';

const folder = mkdtempSync(join(tmpdir(), 'isolet-walls-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, 0o755);
  return path;
}

/** Why no cell was started. */
async function refusal(options: CellOptions): Promise<CellError> {
  try {
    (await startCell(options)).kill();
  } catch (error) {
    expect(error).toBeInstanceOf(CellError);
    return error as CellError;
  }
  throw new Error('a cell was started');
}

describe.skipIf(!hasCells)('the walls of a cell', () => {
  it('stand on every thread of the process', async () => {
    const cell = await startCell({ namespaces: 'off' });
    const held = cell.walls.filter(({ state }) => state === 'held').map(({ layer }) => layer);
    expect(held.toSorted()).toEqual(requiredLayers({ namespaces: 'off', landlock: 'required' }).sort());
    const threads = readdirSync(`/proc/${cell.pid}/task`);
    expect(threads.length).toBeGreaterThan(4);
    for (const thread of threads) {
      const status = readFileSync(`/proc/${cell.pid}/task/${thread}/status`, 'utf8');
      expect(status).toMatch(/^NoNewPrivs:\s+1$/m);
      expect(status).toMatch(/^CapPrm:\s+0+$/m);
      // The launcher's filter and the cell's own.
      expect(Number(/^Seccomp_filters:\s+(\d+)$/m.exec(status)?.[1] ?? 2)).toBeGreaterThanOrEqual(2);
    }
    cell.kill();
  });

  it('leave the process the first to be ended when the machine runs out of memory', async () => {
    const cell = await startCell({ namespaces: 'off' });
    expect(Number(readFileSync(`/proc/${cell.pid}/oom_score_adj`, 'utf8'))).toBeGreaterThanOrEqual(500);
    cell.kill();
  });

  it('are gone with the process when the host closes the channel', async () => {
    const cell = await startCell({ namespaces: 'off' });
    cell.channel.destroy();
    expect(await cell.exited).toMatchObject({ code: 0, signal: null });
  });

  it('bound the memory of the process', async () => {
    const cell = await startProgram('runtimes', { maxMemory: 256 * 1024 ** 2 });
    const code =
      'const all = []; for (let i = 0; i < 500; ++i) all.push(Buffer.alloc(1024 ** 2, 1)); return all.length';
    await expect(cell.run(code)).rejects.toThrow();
    cell.kill();
  });

  it('are missing where a container refuses them, and listed', async () => {
    const { launcher } = inContainer();
    const cell = await startCell({ launcher, namespaces: 'auto' });
    const missing = cell.walls.filter(({ state }) => state === 'missing');
    expect(missing.map(({ layer }) => layer)).toContain('process_namespace');
    expect(missing).toContainEqual({
      layer: 'user_namespace',
      state: 'missing',
      call: 'unshare(CLONE_NEWUSER)',
      errno: 1,
    });
    cell.kill();
  });

  it('are refused where a container refuses one that is required: which, what it said, what can be done', async () => {
    const error = await refusal({ ...inContainer(), namespaces: 'required' });
    expect(error).toMatchObject({ retryable: false, wall: { layer: 'user_namespace', errno: 1 } });
    expect(error.message).toMatch(
      /'user_namespace'.*unshare\(CLONE_NEWUSER\) answered EPERM.*user\.max_user_namespaces/,
    );
  });

  it('are tried: a launcher that only says that they stand is found out', async () => {
    const lies = [...requiredLayers({ namespaces: 'required', landlock: 'required' })];
    const launcher = file(
      'liar.sh',
      `#!/bin/sh\nfor layer in ${lies.join(' ')}; do echo "held $layer 1" >&4; done
      while [ "$1" != -- ]; do shift; done\nshift\nexec 4>&-\nexec "$@"\n`,
    );
    const error = await refusal({ launcher });
    expect(error.wall).toMatchObject({ state: 'failed', errno: 0 });
    expect(error.message).toContain('was not refused');
    expect(error.retryable).toBe(false);
  });

  it('must have been tried: a script that does not seal its process is refused', async () => {
    const said = (text: string) =>
      file(
        `script-${text.length}.cjs`,
        `require('fs').writeSync(3, ${JSON.stringify(text)}); setInterval(() => {}, 1e3)`,
      );
    expect((await refusal({ script: said('{"walls":[]}\n') })).wall).toEqual({ layer: 'undumpable', state: 'failed' });
    for (const text of ['{"walls":[{}]}\n', 'hello\n', '{"walls":[]}\n{"walls":[]}\n', 'x'.repeat(100_000)]) {
      expect((await refusal({ script: said(text) })).message, text.slice(0, 40)).toContain('before it was sealed');
    }
  });

  it('are not waited for without end, and a script that fails is named', async () => {
    const silent = file('silent.cjs', 'setInterval(() => {}, 1e3)');
    expect(await refusal({ script: silent, startTimeout: 300 })).toMatchObject({ retryable: true });
    const thrown = await refusal({ script: file('throws.cjs', 'throw new Error("no such luck")') });
    expect(thrown.message).toMatch(/ended with code 1 .*no such luck/s);
    expect(thrown.retryable).toBe(false);
  });

  it('are an error where the launcher is not, and where the script ends at once', async () => {
    const error = await refusal({ launcher: join(folder, 'nowhere') });
    expect(error.message).toContain("can't be started");
    expect(error.retryable).toBe(false);
    const script = file('ends.cjs', 'process.exit(3)');
    const all = await Promise.all(Array.from({ length: 8 }, () => refusal({ script, namespaces: 'off' })));
    for (const { message } of all) expect(message).toContain('ended with code 3 before it was sealed');
  });

  it.each(['auto', 'off'] as const)(
    'stand without Landlock where that is left out, namespaces: %s',
    async (namespaces) => {
      const cell = await createCell({ landlock: 'off', namespaces });
      expect(cell.walls).toContainEqual({ layer: 'landlock', state: 'missing', call: 'off', errno: 0 });
      expect(cell.walls).toContainEqual(expect.objectContaining({ layer: 'descriptors', state: 'held' }));
      const runtime = await cell.createRuntime();
      expect(await runtime.evalAsync('6 * 7')).toBe(42);
      await cell.close();
    },
  );

  it('can all be required where none is missing', async () => {
    const cell = await startCell({ namespaces: 'auto' });
    cell.kill();
    if (cell.walls.some(({ state }) => state !== 'held')) return;
    const strict = await startCell({ namespaces: 'required' });
    expect(strict.walls).toEqual(cell.walls);
    strict.kill();
  });

  it('need Linux on a processor that is known', async () => {
    const { platform } = process;
    for (const other of ['darwin', 'win32']) {
      Object.defineProperty(process, 'platform', { value: other });
      try {
        const error = await refusal({});
        expect(error.message).toMatch(new RegExp(`need Linux .*this is ${other}`));
        expect(error.retryable).toBe(false);
      } finally {
        Object.defineProperty(process, 'platform', { value: platform });
      }
    }
  });
});

describe('what stands', () => {
  it('is what was built, unless trying it said otherwise', () => {
    const built = [
      { layer: 'landlock', state: 'held', detail: 7 },
      { layer: 'empty_root', state: 'held', detail: 0 },
      { layer: 'process_namespace', state: 'missing', call: 'unshare(CLONE_NEWPID)', errno: 1 },
    ] as const;
    const open = { layer: 'empty_root', state: 'failed', call: 'stat(/etc/passwd)', errno: 0 } as const;
    const walls = mergeWalls(built, [
      { layer: 'landlock', state: 'held' },
      open,
      { layer: 'process_namespace', state: 'failed', call: 'getppid', errno: 0 },
      { layer: 'memory', state: 'held' },
    ]);
    expect(walls).toEqual([built[0], open, built[2], { layer: 'memory', state: 'held' }]);
    expect(findFailure(walls, [])).toEqual(open);
    expect(findFailure([built[0], built[2]], ['landlock'])).toBeUndefined();
    expect(findFailure([built[0], built[2]], ['process_namespace'])).toEqual(built[2]);
    expect(findFailure([], ['memory'])).toEqual({ layer: 'memory', state: 'failed' });
  });
});

/** A launcher that runs behind another one's filter, which refuses namespaces as a container's does. */
function inContainer(): { launcher: string } {
  const real = launcherFile() ?? '';
  const outer = 'report=5 parent=$PPID namespaces=off landlock=off keep=3 keep=4';
  return { launcher: file('contained.sh', `#!/bin/sh\nexec ${real} ${outer} -- ${real} "$@" 5>/dev/null\n`) };
}
