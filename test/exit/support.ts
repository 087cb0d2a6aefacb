import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** How a Node process ended. */
export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
  /** It had to be killed: the last line of `stdout` is the last step it reached. */
  hung: boolean;
}

/**
 * Runs `source` in a Node process of its own, with no flag of Node's, in the root of the package: `require('isolet')`
 * is the built package, as users get it. A program that does not end by itself is killed.
 */
export function program(source: string, { timeout = 100_000, args = ['-'] } = {}): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, NODE_OPTIONS: '' } });
  let stdout = '';
  let stderr = '';
  let hung = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdin.on('error', () => {}).end(source);
  const timer = setTimeout(() => {
    hung = true;
    child.kill('SIGKILL');
  }, timeout);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, hung });
    });
  });
}

/** The program ended by itself, with `code`, and printed `stdout` and no warning. */
export function expectEnd(ended: Ended, stdout: string, code = 0): void {
  const last = ended.stdout.trimEnd().split('\n').at(-1);
  expect(ended.hung, `hung after step: ${last || '(none)'}\n${ended.stderr}`).toBe(false);
  expect(ended).toEqual({ code, signal: null, stdout, stderr: '', hung: false });
}

/**
 * How often the main thread of a program had gone to sleep when it wrote something, which it does right before it asks
 * for its end, and when it was last seen.
 */
export async function switchesAtExit(source: string): Promise<{ before: number; after: number }> {
  const child = spawn(process.execPath, ['-'], { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(source);
  const closed = once(child, 'exit');
  await once(child.stdout, 'data');
  const switches = (): number | undefined => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'latin1');
      return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
    } catch {
      return undefined;
    }
  };
  const before = switches() ?? 0;
  let after = before;
  while (child.exitCode === null) {
    after = switches() ?? after;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await closed;
  expect(child.exitCode).toBe(7);
  return { before, after };
}
