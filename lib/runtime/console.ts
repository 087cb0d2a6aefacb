import type { ConsoleLevel } from '../native.ts';
import { printable } from './printable.ts';

/** Writes a line of the guest to the host's console, at the same level. */
export function writeToHostConsole(level: ConsoleLevel, args: unknown[]): void {
  const parts = printable(args);
  // console.trace would print a stack of the host.
  if (level === 'trace') console.error('Trace:', ...parts);
  else console[level](...parts);
}

/** Says on the host's console that lines are missing. */
export function warnAboutDroppedLines(runtime: string, lines: number): void {
  console.warn(`${runtime}: ${lines} console ${lines === 1 ? 'line was' : 'lines were'} dropped, they came too fast`);
}
