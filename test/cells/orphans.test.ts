import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { launcherFile } from '../../lib/binding.ts';
import { instructionsFor } from '../../lib/cells/launch.ts';
import type { CellWant } from '../../lib/options/cell-options.ts';
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

/** A program that starts a process behind walls and says so: its text for Node. @param mark - stands in its command line */
function starter(mark: string, namespaces: CellWant): string {
  const options = { arguments: ['-e', 'setInterval(() => {}, 1000)', mark], readable: [], namespaces };
  const given = JSON.stringify(instructionsFor({ ...options, landlock: 'auto' }, 0));
  return `
    const given = ${given}.map((one) => one === 'parent=0' ? 'parent=' + process.pid : one);
    const child = require('node:child_process').spawn(${JSON.stringify(launcherFile())}, given,
      { stdio: ['ignore', 'ignore', 'inherit', 'pipe', 'pipe'] });
    child.stdio[4].resume().on('close', () => require('node:fs').writeSync(1, 'started'));
    setInterval(() => {}, 1000);`;
}

describe.skipIf(!hasCells)('a process behind walls', () => {
  it.each([
    ['off', 1],
    ['auto', 2],
  ] as const)('ends with its parent, namespaces %s', async (namespaces, most) => {
    const mark = `cell-of-${process.pid}-${namespaces}`;
    // The parent is another process than this one, so that it can be killed.
    const parent = spawn(process.execPath, ['-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    parent.stdin.end(starter(mark, namespaces));
    await once(parent.stdout, 'data');
    const found = processesWith(mark);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(most);
    parent.kill('SIGKILL');
    await expect.poll(() => processesWith(mark)).toEqual([]);
  });

  it('ends with the worker thread that started it', async () => {
    const mark = `cell-of-${process.pid}-worker`;
    const code = `
      const { Worker } = require('node:worker_threads');
      const worker = new Worker(${JSON.stringify(starter(mark, 'auto'))}, { eval: true });
      process.stdin.on('data', () => worker.terminate());`;
    const parent = spawn(process.execPath, ['-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    expect(processesWith(mark).length).toBeGreaterThan(0);
    parent.stdin.write('now');
    await expect.poll(() => processesWith(mark)).toEqual([]);
    expect(parent.exitCode).toBeNull();
    parent.kill('SIGKILL');
  });
});
