import { spawnSync } from 'node:child_process';
import { getSystemErrorName } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { launcherFile } from '../../lib/binding.ts';
import type { CellOptions } from '../../lib/cells/cell.ts';
import { buildAttacker } from './attacker.ts';
import { attempts, by32Bits } from './attempts.ts';
import { CellDied, hasCells, type Program, startProgram } from './support.ts';

const nobody = { uid: 65534, gid: 65534 };

/** Whether another user may be taken, and reaches the files of this package. */
function canBeNobody(): boolean {
  return process.getuid?.() === 0 && spawnSync(launcherFile() ?? '', [], nobody).status === 120;
}

/** What became of each attempt. A cell that was ended by one is followed by another. */
async function tryAll(options: CellOptions, onThread: boolean): Promise<Record<string, string>> {
  const seen: Record<string, string> = {};
  let cell: Program | undefined;
  for (const name of Object.keys(attempts)) {
    cell ??= await startProgram('attacks', options);
    try {
      const code = `return attacker.attempt(${JSON.stringify(name)}, ${process.pid}, ${onThread})`;
      const error = Number(await cell.run(code));
      seen[name] = error === 0 ? 'allowed' : getSystemErrorName(-error);
    } catch (error) {
      if (!(error instanceof CellDied)) throw error;
      seen[name] = name === by32Bits && error.signal === 'SIGSEGV' ? 'SIGSYS' : String(error.signal);
      cell = undefined;
    }
  }
  cell?.kill();
  return seen;
}

/** It takes a cell for each attempt that ends one. */
const patience = 900_000;

describe.skipIf(!hasCells)('native code of an attacker in a cell', () => {
  let readable: string[];
  beforeAll(() => {
    readable = [buildAttacker()];
  });

  it('tries what the table names', async () => {
    const cell = await startProgram('attacks', { readable });
    const names = (await cell.run('return attacker.names()')) as string[];
    cell.kill();
    expect(names.toSorted()).toEqual(Object.keys(attempts).sort());
  });

  it(
    'gets nowhere from a thread of its own, with the filter alone',
    async () => {
      expect(await tryAll({ readable, namespaces: 'off' }, true)).toEqual(attempts);
    },
    patience,
  );

  it(
    'gets nowhere from the main thread, behind all walls, as a user without privileges where that can be tried',
    async () => {
      const user = canBeNobody() ? { user: nobody } : {};
      expect(await tryAll({ readable, namespaces: 'auto', ...user }, false)).toEqual(attempts);
    },
    patience,
  );
});
