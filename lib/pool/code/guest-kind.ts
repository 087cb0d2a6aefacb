import { given } from '../../shared/own.ts';
import { memory } from '../function/resolve-function.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';

/** What of a runtime is decided before there is code of a function in it. */
export interface GuestKind {
  readonly memoryMb: number;
  /** Undefined: as the pool's options say. */
  readonly web: boolean | undefined;
  /** It has what makes Requests for handlers. */
  readonly handlers: boolean;
}

/** What the code of a function is. */
export interface Shape {
  /** An ES module. */
  readonly module: boolean;
  /** An object with handlers stands for it. */
  readonly object: boolean;
}

/** Known once the function was loaded. */
const shapes = new WeakMap<ResolvedFunction, Shape>();

export const isSameKind = (a: GuestKind, b: GuestKind): boolean =>
  a.memoryMb === b.memoryMb && a.web === b.web && a.handlers === b.handlers;

/** The kind of a function of which nothing is known. */
export function plainKind(options: ResolvedPoolOptions): GuestKind {
  const web = webFor(undefined, { module: false, object: false }, options);
  return { memoryMb: web ? memory.web : memory.bare, web, handlers: false };
}

/** What kind of runtime a function gets. Before its first load that is decided by the look of its code. */
export const guestKind = (fn: ResolvedFunction, options: ResolvedPoolOptions): GuestKind =>
  kindFor(fn, shapes.get(fn) ?? guessShape(fn.code), options);

/** The function was loaded into a runtime of this kind. Answers whether it is the right one. */
export function learnShape(fn: ResolvedFunction, shape: Shape, kind: GuestKind, options: ResolvedPoolOptions): boolean {
  // Code that is something else each time has to do with what it got.
  if (shapes.has(fn)) return true;
  shapes.set(fn, shape);
  return isSameKind(kindFor(fn, shape, options), kind);
}

function kindFor({ memoryMb, web: own }: ResolvedFunction, shape: Shape, options: ResolvedPoolOptions): GuestKind {
  const web = webFor(own, shape, options);
  return { memoryMb, web, handlers: web === true && shape.object };
}

/** Whether a function of this shape has the web's APIs. Undefined: nobody has said anything about it. */
export function webFor(
  own: boolean | undefined,
  shape: Shape,
  { runtime }: Pick<ResolvedPoolOptions, 'runtime'>,
): boolean | undefined {
  const ofPool = given(runtime, 'web');
  const asked = own ?? (ofPool === undefined ? undefined : ofPool !== false);
  const mayHave = given(runtime, 'streams') !== false && given(runtime, 'maxTimers') !== 0;
  return asked ?? ((shape.module && shape.object && mayHave) || undefined);
}

/** Options of a runtime of this kind. */
export const withWeb = (
  runtime: ResolvedPoolOptions['runtime'],
  web: boolean | undefined,
): ResolvedPoolOptions['runtime'] =>
  web === undefined ? runtime : { ...runtime, web: web && ((given(runtime, 'web') as typeof runtime.web) || true) };

/** Characters: to look at less takes no time. */
const longText = 10_000;
/** The long text that was looked at last: a deployment asks several times. */
let last = { code: '', shape: { module: false, object: false } as Shape };

/** What the code of a function is, by its look. */
export function guessShape(code: string): Shape {
  if (code.length < longText) return look(code);
  if (code !== last.code) last = { code, shape: look(code) };
  return last.shape;
}

/**
 * Code that uses names of the web while it is evaluated needs them there and then, so that this can't wait for V8. Where
 * the look deceives, the function is loaded once more. On the event loop, so no pattern here may take more than one walk
 * through the code.
 */
function look(code: string): Shape {
  const direct = /\bexport\s+default\s+/.exec(code);
  if (direct) {
    const at = direct.index + direct[0].length;
    if (isFunctionAt(code, at)) return { module: true, object: false };
    const name = /^[\p{ID_Continue}$]+(?=\s*(?:;|$))/mu.exec(code.slice(at, at + 200))?.[0];
    return { module: true, object: name === undefined || !isNameOfFunction(code, name) };
  }
  const renamed = /\bas\s+(?:default\b|"default"|'default')/.exec(code);
  if (!renamed || !/\bexport\b/.test(code)) return { module: false, object: false };
  const before = code.slice(Math.max(0, renamed.index - 200), renamed.index);
  const name = /[\p{ID_Continue}$]+(?=\s+$)/u.exec(before)?.[0];
  return { module: true, object: name === undefined || !isNameOfFunction(code, name) };
}

function isNameOfFunction(code: string, name: string): boolean {
  const escaped = name.replaceAll('$', '\\$');
  if (new RegExp(`\\bfunction\\s*(?:\\*\\s*)?${escaped}\\s*\\(`, 'u').test(code)) return true;
  const assigned = new RegExp(`(?<![\\p{ID_Continue}$.])${escaped}\\s*=(?![=>])\\s*`, 'u').exec(code);
  return assigned !== null && isFunctionAt(code, assigned.index + assigned[0].length);
}

/** Whether a function expression begins there. */
function isFunctionAt(code: string, at: number): boolean {
  const head = /^(?:async\b\s*)?(?:function\b|[\p{ID_Continue}$]+\s*=>|(\())/u.exec(code.slice(at, at + 200));
  if (!head) return false;
  if (head[1] === undefined) return true;
  // Of an arrow function, or around what is no function.
  let depth = 0;
  for (let i = at + head[0].length - 1; i < code.length; i++) {
    if (code[i] === '(') depth++;
    else if (code[i] === ')' && --depth === 0) return /^\s*=>/.test(code.slice(i + 1, i + 100));
  }
  return false;
}
