import type { StackFrame } from '../native.ts';
import { dataProperty } from '../shared/own.ts';
import { nameError } from './brand.ts';
import { IsoletError } from './isolet-error.ts';

const ordinary = { writable: true, configurable: true, enumerable: false };

/** What a {@link JavaScriptError} is made from. */
export interface JavaScriptErrorInit {
  /** Name of the guest's error; `'Error'` when the guest threw something else. */
  name?: string | undefined;
  message: string;
  stack?: string | undefined;
  frames?: StackFrame[] | undefined;
  cause?: unknown;
  thrown?: unknown;
}

/**
 * The guest threw and did not catch, or a promise it returned was rejected.
 *
 * `name`, `message` and `stack` are the guest's own. When the guest let an error of a host function pass through,
 * `cause` and `thrown` are that very error object.
 *
 * @example
 * ```js
 * try {
 *   runtime.eval('throw new RangeError("too big")');
 * } catch (error) {
 *   error.name;    // 'RangeError'
 *   error.message; // 'too big'
 *   error.frames;  // [{ functionName: null, fileName: '<eval>', lineNumber: 1, columnNumber: 7 }]
 * }
 * ```
 */
export class JavaScriptError extends IsoletError {
  /** Where in the guest it was thrown, innermost first. Empty when the guest threw something that is not an Error. */
  declare readonly frames: readonly StackFrame[];
  /** The value the guest threw; `undefined` if it can't cross. */
  declare readonly thrown: unknown;

  constructor(init: JavaScriptErrorInit) {
    super('ERR_ISOLET_JAVASCRIPT', init.message, init.cause === undefined ? undefined : { cause: init.cause });
    // Not enumerable, so that printing the error does not print the guest's error twice.
    Object.defineProperty(this, 'frames', dataProperty(init.frames ?? [], ordinary));
    Object.defineProperty(this, 'thrown', dataProperty(init.thrown));
    const name = init.name ?? 'Error';
    Object.defineProperty(this, 'name', dataProperty(name, ordinary));
    const stack = init.stack ?? (init.message === '' ? name : `${name}: ${init.message}`);
    Object.defineProperty(this, 'stack', dataProperty(stack, ordinary));
  }

  declare readonly stack: string;
}
nameError(JavaScriptError, 'JavaScriptError');
