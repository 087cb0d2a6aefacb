import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format } from 'node:util';
import type { ConsoleLevel } from '../native.ts';
import type { ConsoleInfo } from '../options/runtime-options.ts';
import { printable } from './printable.ts';

/** Writes a line of the guest to the host's console, at the same level. */
export function writeToHostConsole(level: ConsoleLevel, args: unknown[], info: ConsoleInfo): void {
  const parts = printable(args);
  const { method, groupDepth, stack } = info;
  if (method === 'table') console.log(indented(table(parts), groupDepth));
  // console.trace would print a stack of the host.
  else if (level === 'trace') console.error(indented(trace(parts, stack), groupDepth));
  else if (groupDepth > 0) console[level](indented(format(...parts), groupDepth));
  else console[level](...parts);
}

const indented = (text: string, depth: number): string =>
  depth === 0 ? text : text.replace(/^/gm, '  '.repeat(Math.min(depth, 32)));

function trace(parts: unknown[], stack: string): string {
  const text = parts.length === 0 ? 'Trace' : `Trace: ${format(...parts)}`;
  return stack === '' ? text : `${text}\n${stack}`;
}

/** As Node's console draws it. */
function table([data, columns]: unknown[]): string {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const isList = Array.isArray(columns) && columns.every((column) => typeof column === 'string');
  new Console({ stdout }).table(data, isList ? columns : undefined);
  return text.replace(/\n$/, '');
}

/** Says on the host's console that lines are missing. */
export function warnAboutDroppedLines(runtime: string, lines: number): void {
  console.warn(`${runtime}: ${lines} console ${lines === 1 ? 'line was' : 'lines were'} dropped, they came too fast`);
}
