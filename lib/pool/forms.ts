import type { StackFrame } from '../native.ts';
import { headEnd } from './code-head.ts';
import type { ResolvedFunction } from './function.ts';
import { label } from './label.ts';
import { lineStarts, locate, offsetAt } from './lines.ts';

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

export function textOf(fn: ResolvedFunction, form: Form): FormText {
  const { code } = fn;
  if (form.kind === 'module') return { code, filename: moduleUrl(fn), module: true, insertedAt: 0, inserted: 0 };
  const filename = `${label(fn.tenantId)}/${label(fn.name)}.js`;
  if (form.kind === 'commonjs') {
    // A comment as long as the line was.
    const body = code.startsWith('#!') ? `//${code.slice(2)}` : code;
    const text = `${commonJsHead}${body}\n})`;
    return { code: text, filename, module: false, insertedAt: 0, inserted: commonJsHead.length };
  }
  const start = headEnd(code);
  const tail = form.end === undefined ? '\n)' : `)${code.slice(form.end)}`;
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

/** Line and column, counted from 1, of the innermost frame that is in the tenant's code. */
export function placeInCode(
  code: string,
  text: FormText,
  frames: readonly StackFrame[],
): { line: number; column: number } | undefined {
  for (const frame of frames) {
    const offset = offsetInCode(text, frame);
    if (offset === undefined) continue;
    const { line, column } = locate(lineStarts(code), Math.min(offset, code.length));
    return { line, column: column + 1 };
  }
  return undefined;
}
