import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { launcherFile } from '../../lib/binding.ts';
import { instructionsFor } from '../../lib/cells/launch.ts';
import { hasCells } from './support.ts';

/** Processes with `mark` in their command line, by what they are. */
function processesWith(mark: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
        return command.includes(mark) && !command.includes('spawn(') ? [pid] : [];
      } catch {
        return [];
      }
    });
}

describe.skipIf(!hasCells)('a process behind walls', () => {
  it.each([
    ['off', 1],
    ['auto', 2],
  ] as const)('ends with its parent, namespaces %s', async (namespaces, most) => {
    const mark = `cell-of-${process.pid}-${namespaces}`;
    const options = { arguments: ['-e', 'setInterval(() => {}, 1000)', mark], readable: [], namespaces } as const;
    const given = JSON.stringify(instructionsFor({ ...options, landlock: 'auto' }, 0));
    // The parent is another process than this one, so that it can be killed.
    const code = `
      const given = ${given}.map((one) => one === 'parent=0' ? 'parent=' + process.pid : one);
      const child = require('node:child_process').spawn(${JSON.stringify(launcherFile())}, given,
        { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'] });
      child.stdio[4].resume().on('close', () => console.log('started'));
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    parent.stdin.end(code);
    await once(parent.stdout, 'data');
    const found = processesWith(mark);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(most);
    parent.kill('SIGKILL');
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });
});
