import { inspect } from 'node:util';
import { TransferError } from '../errors/transfer-error.ts';
import { checkFunctionCallOptions, type FunctionCallOptions } from '../options/call-options.ts';
import { invalidRange, invalidType } from '../options/invalid.ts';
import { dataProperty } from '../shared/own.ts';
import type { RuntimeOwner } from './owner.ts';

/**
 * A guest function in the host. Calling it runs the guest on the calling thread, like `eval`, under the runtime's
 * `timeout`; `callAsync` runs it off the event loop. A function the guest took from an object keeps that object as its
 * receiver. The same guest function is the same handle for as long as the handle is alive, and goes back to the guest as
 * the function itself.
 *
 * The handle keeps the guest function alive until it is released: by `release()`, by `using`, or when it is garbage
 * collected.
 *
 * @example
 * ```js
 * const add = runtime.eval('(a, b) => a + b');
 * add(2, 3);                                       // 5
 * await add.callAsync([2, 3], { timeout: 1000 });  // 5
 * add.release();
 * ```
 */
export interface JsFunction<A extends unknown[] = unknown[], R = unknown> extends Disposable {
  /**
   * Calls the guest function and waits for it. A promise it returns comes back as a promise. `this` of the host is not
   * passed on; see `thisArg` of `callAsync`.
   *
   * @throws {@link JavaScriptError} what the guest threw
   * @throws {@link TimeoutError} it ran past the runtime's `timeout`
   * @throws {@link TransferError} the handle was released
   * @throws {@link RuntimeClosedError} the runtime was closed
   */
  (...args: A): R;
  /**
   * Calls the guest function off the event loop and waits for the promise it returns, if it returns one.
   *
   * @param args - The arguments, as an array. Default none.
   * @param options - `timeout` and `cpuTimeout` in milliseconds, `signal`, `thisArg`.
   * @returns What the function returns, awaited. Everything that goes wrong is a rejection.
   */
  callAsync(args?: A, options?: FunctionCallOptions): Promise<Awaited<R>>;
  /** Gives the function back to the guest's garbage collector. Calling the handle afterwards fails. Idempotent. */
  release(): void;
  /** Whether the handle was released. */
  readonly released: boolean;
}

/** What a handle stands for: guest function `id` of `owner`. */
export interface Handle {
  readonly owner: RuntimeOwner;
  readonly id: number;
  released: boolean;
}

const handles = new WeakMap<object, Handle>();

/** The handle behind a JsFunction; undefined for any other function. */
export function handleOf(fn: object): Handle | undefined {
  return handles.get(fn);
}

/** The handle, if it can still be used. */
function usable(fn: object): Handle {
  const handle = handles.get(fn);
  if (!handle) throw invalidType('this', fn, 'a JsFunction');
  if (handle.released) throw released();
  return handle;
}

function released(): TransferError {
  return new TransferError('The function handle was released (function closed). Get the function again.');
}

const prototype: object = Object.create(Function.prototype, {
  constructor: dataProperty(Function) as never,
  callAsync: dataProperty(callAsync),
  release: dataProperty(release),
  released: {
    __proto__: null,
    get(this: object): boolean {
      return handles.get(this)?.released ?? false;
    },
  } as PropertyDescriptor,
  [Symbol.dispose]: dataProperty(release),
  [Symbol.toStringTag]: dataProperty('JsFunction'),
  [inspect.custom]: dataProperty(describe),
});

/** Makes the callable for guest function `id`. */
export function createJsFunction(owner: RuntimeOwner, id: number, name: string, length: number): JsFunction {
  const handle: Handle = { owner, id, released: false };
  const fn = (...args: unknown[]): unknown => {
    if (handle.released) throw released();
    return owner.call(id, args);
  };
  Object.defineProperty(fn, 'name', dataProperty(name));
  if (length > 0) Object.defineProperty(fn, 'length', dataProperty(length));
  Object.setPrototypeOf(fn, prototype);
  handles.set(fn, handle);
  owner.handles.arrived(id, fn);
  return fn as JsFunction;
}

/** V8 passes on about so many before it runs out of stack. */
const MAX_ARGUMENTS = 65_535;

function callAsync(this: object, args: unknown = [], options?: unknown): Promise<unknown> {
  try {
    const { owner, id } = usable(this);
    if (!Array.isArray(args)) throw invalidType('args', args, 'an array of arguments');
    if (args.length > MAX_ARGUMENTS) {
      throw invalidRange('args.length', args.length, `at most ${MAX_ARGUMENTS}: pass a list as one argument`);
    }
    return owner.callAsync(id, args, checkFunctionCallOptions(options, owner.limits));
  } catch (error) {
    return Promise.reject(error);
  }
}

function release(this: object): void {
  const handle = handles.get(this);
  if (!handle) throw invalidType('this', this, 'a JsFunction');
  if (handle.released) return;
  handle.released = true;
  handle.owner.handles.gone(handle.id);
  handle.owner.liveNative()?.releaseFunction(handle.id);
}

function describe(this: object): string {
  const handle = handles.get(this);
  if (!handle) return '[JsFunction prototype]';
  const name = (this as { name: string }).name;
  const label = name === '' ? '[JsFunction (anonymous)]' : `[JsFunction ${name}]`;
  return handle.released ? `${label} (released)` : label;
}
