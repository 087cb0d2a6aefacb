import { fileURLToPath } from 'node:url';
import { type Cell, type CellOptions, startCell } from '../../lib/cells/cell.ts';

/**
 * Where cells exist at all. Elsewhere the launcher is not built and the seal is not compiled, so there is nothing to run:
 * asking for a cell is an error that says so. Where they exist nothing else is skipped: a wall that this machine refuses
 * is a test that fails.
 */
export const hasCells = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64');

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Program extends Cell {
  /** Runs the body of an async function in the cell, with the library as `isolet`. */
  run(code: string): Promise<unknown>;
}

interface Reply {
  id: number;
  value?: unknown;
  error?: object;
}

/** What the cell did instead of answering. */
export class CellDied extends Error {
  readonly signal: string | null;

  constructor(signal: string | null) {
    super(`the cell ended with ${signal}`);
    this.signal = signal;
  }
}

/** A cell that runs a program of test/cells/programs/. */
export async function startProgram(name: string, options: CellOptions = {}): Promise<Program> {
  const parts = [
    'dist',
    'package.json',
    'test/cells/programs',
    'node_modules/acorn',
    'node_modules/acorn-walk',
    'node_modules/@standard-schema',
  ];
  const cell = await startCell({
    script: `${root}test/cells/programs/${name}.cjs`,
    ...options,
    readable: [...parts.map((part) => `${root}${part}`), ...(options.readable ?? [])],
  });
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
  let text = '';
  cell.channel.on('data', (part: Buffer) => {
    text += part;
    const lines = text.split('\n');
    text = lines.pop() ?? '';
    for (const line of lines) {
      const { id, value, error } = JSON.parse(line) as Reply;
      if (error) waiting.get(id)?.reject(Object.assign(new Error(), error));
      else waiting.get(id)?.resolve(value);
      waiting.delete(id);
    }
  });
  cell.channel.resume();
  void cell.exited.then(({ signal, code }) => {
    for (const one of waiting.values()) one.reject(new CellDied(signal ?? String(code)));
  });
  let last = 0;
  return Object.assign(cell, {
    run: (code: string) =>
      new Promise<unknown>((resolve, reject) => {
        last += 1;
        waiting.set(last, { resolve, reject });
        cell.channel.write(`${JSON.stringify({ id: last, code })}\n`);
      }),
  });
}
