import type { StackFrame } from '../../native.ts';
import { headEnd } from '../../shared/code-head.ts';
import { lineStarts, locate, offsetAt } from '../../shared/lines.ts';
import { label } from '../function/label.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';

/**
 * How a function's code is to be read. `end` of an expression: where it ends, if only semicolons and comments follow and
 * there are semicolons among them.
 */
export type Form =
  | { readonly kind: 'expression'; readonly end?: number }
  | { readonly kind: 'commonjs' }
  | { readonly kind: 'module' };

/** What the engine gets of a function's code. */
export interface FormText {
  readonly code: string;
  readonly filename: string;
  readonly module: boolean;
  /** Where characters that are not the tenant's stand before theirs, and how many. */
  readonly insertedAt: number;
  readonly inserted: number;
}

const commonJsHead = '(function (exports, require, module) {';
/** Ids may be anything; a URL is well formed and has an end. */
const urlPart = (id: string): string => encodeURIComponent(label(id));

export const moduleUrl = (fn: ResolvedFunction): string => `function:${urlPart(fn.tenantId)}/${urlPart(fn.name)}.js`;

/**
 * Behind code that gives itself a name (`//# sourceURL=…`): V8 takes the last such comment, and of one with white
 * space nothing. The name is the platform's business.
 */
const unnamed = (code: string): string => (code.includes('sourceURL') ? '\n//# sourceURL=no name' : '');

export function textOf(fn: ResolvedFunction, form: Form): FormText {
  const { code } = fn;
  if (form.kind === 'module') {
    return { code: `${code}${unnamed(code)}`, filename: moduleUrl(fn), module: true, insertedAt: 0, inserted: 0 };
  }
  const filename = `${label(fn.tenantId)}/${label(fn.name)}.js`;
  if (form.kind === 'commonjs') {
    // A comment as long as the line was.
    const body = code.startsWith('#!') ? `//${code.slice(2)}` : code;
    const text = `${commonJsHead}${body}${unnamed(code)}\n})`;
    return { code: text, filename, module: false, insertedAt: 0, inserted: commonJsHead.length };
  }
  const start = headEnd(code);
  const tail = form.end === undefined ? `${unnamed(code)}\n)` : `)${code.slice(form.end)}${unnamed(code)}`;
  // A directive without a semicolon must not be called.
  const open = start === 0 ? '(' : ';(';
  const text = `${code.slice(0, start)}${open}${code.slice(start, form.end)}${tail}`;
  return { code: text, filename, module: false, insertedAt: start, inserted: open.length };
}

/** The same code between other brackets: what closes those that it was put in does not compile here. */
export function proofOf({ code }: ResolvedFunction, form: Form): string | undefined {
  if (form.kind === 'module') return undefined;
  if (form.kind === 'commonjs') return `() => [function () {${code.replace(/^#!/, '//')}\n}]`;
  return `() => [${code.slice(headEnd(code), form.end)}\n]`;
}

/** The offset in the tenant's code of a place in the text that was made of it. */
export function offsetInCode(text: FormText, frame: StackFrame): number | undefined {
  if (frame.fileName !== text.filename || frame.lineNumber === null) return undefined;
  const offset = offsetAt(text.code, frame.lineNumber, Math.max((frame.columnNumber ?? 1) - 1, 0));
  return offset <= text.insertedAt ? offset : Math.max(offset - text.inserted, text.insertedAt);
}

/** Where a text has its first character that is the tenant's, and how many columns later than in their code. */
function shiftOf(text: FormText): { line: number; from: number; by: number } {
  const { line, column } = locate(lineStarts(text.code), text.insertedAt);
  return { line, from: column + text.inserted, by: text.inserted };
}

/** Frames and stack as if the text were the code: with its columns. */
export function inColumnsOfCode(
  text: FormText,
  frames: readonly StackFrame[],
  stack: string,
): { frames: StackFrame[]; stack: string } {
  const { line, from, by } = shiftOf(text);
  const corrected = (column: number): number => (column > from ? column - by : column);
  const [first = '', ...rest] = stack.split(`${text.filename}:${line}:`);
  return {
    frames: frames.map((frame) => {
      const { fileName, lineNumber, columnNumber } = frame;
      if (fileName !== text.filename || lineNumber !== line || columnNumber === null) return frame;
      return { ...frame, columnNumber: corrected(columnNumber) };
    }),
    stack: [first, ...rest.map((part) => part.replace(/^\d+/, (column) => String(corrected(Number(column)))))].join(
      `${text.filename}:${line}:`,
    ),
  };
}
