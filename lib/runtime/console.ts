import type { ConsoleLevel } from '../native.ts';

/** Writes a line of the guest to the host's console, at the same level. */
export function writeToHostConsole(level: ConsoleLevel, args: unknown[]): void {
  // console.trace would print a stack of the host.
  if (level === 'trace') console.error('Trace:', ...args);
  else console[level](...args);
}
