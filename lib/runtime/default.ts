import { AsyncLocalStorage } from 'node:async_hooks';
import { nameFunction } from '../errors/brand.ts';
import { RuntimeClosedError } from '../errors/limit-errors.ts';
import type { EvalOptions } from '../options/call-options.ts';
import { checkFunction } from '../options/check.ts';
import { checkRuntimeOptions } from '../options/check-runtime-options.ts';
import type { RuntimeOptions } from '../options/runtime-options.ts';
import { Runtime } from './runtime.ts';

/** Whose default runtime it is: the thread's, or a task's. */
interface Scope {
  runtime: Runtime | undefined;
  readonly options: RuntimeOptions;
  /** The task is over: what it left behind gets no runtime that nobody would close. */
  ended: boolean;
}

const ofThread: Scope = { runtime: undefined, options: { name: 'default' }, ended: false };
/** Made on first use: a store that follows every promise is not free. */
let tasks: AsyncLocalStorage<Scope> | undefined;

const scopeNow = (): Scope => tasks?.getStore() ?? ofThread;

/**
 * The runtime behind the module-level `eval` and `evalAsync`: made on first use with default options, one per thread, or
 * per task of {@link runWithDefaultRuntime}. When it was closed or terminated, a new one with a fresh global object takes
 * its place.
 *
 * All users of the module in this thread share it and see each other's globals: use runtimes of your own to keep tenants
 * apart.
 *
 * @example
 * ```js
 * getDefaultRuntime().bindFunction('add', (a, b) => a + b);
 * ```
 */
export function getDefaultRuntime(): Runtime {
  const scope = scopeNow();
  if (scope.ended) throw new RuntimeClosedError('The task whose default runtime this was has ended.');
  if (!scope.runtime || scope.runtime.closed) {
    scope.runtime?.close();
    scope.runtime = new Runtime(scope.options);
  }
  return scope.runtime;
}

/** Closes the default runtime, if there is one. The next use makes a new one. */
export function closeDefaultRuntime(): void {
  closeRuntimeOf(scopeNow());
}

/**
 * Runs a task with a default runtime of its own: what it and everything it awaits does with the module-level functions
 * sees no globals of other tasks. The runtime is made on first use and closed when the task has ended.
 *
 * @param task - Sync or async.
 * @param options - Options of that runtime. Default: none.
 * @returns What the task returns.
 * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`), and what the task throws
 * @example
 * ```js
 * import { evalAsync, runWithDefaultRuntime } from 'isolet';
 *
 * const count = () => evalAsync('globalThis.n = (globalThis.n ?? 0) + 1');
 * await Promise.all([runWithDefaultRuntime(count), runWithDefaultRuntime(count)]); // [1, 1]
 * ```
 */
export function runWithDefaultRuntime<T>(task: () => T, options: RuntimeOptions = {}): T {
  checkFunction(task, 'task');
  checkRuntimeOptions(options);
  const scope: Scope = { runtime: undefined, options: { name: 'default', ...options }, ended: false };
  tasks ??= new AsyncLocalStorage();
  let result: T;
  try {
    result = tasks.run(scope, task);
  } catch (error) {
    end(scope);
    throw error;
  }
  if (!(result instanceof Promise)) {
    end(scope);
    return result;
  }
  // Typed as T because a promise in is a promise out.
  return result.finally(() => end(scope)) as T;
}

function end(scope: Scope): void {
  scope.ended = true;
  closeRuntimeOf(scope);
}

function closeRuntimeOf(scope: Scope): void {
  scope.runtime?.close();
  scope.runtime = undefined;
}

/**
 * Runs a script in the default runtime on the calling thread; see {@link Runtime.eval}.
 *
 * @param code - Source text of a classic script.
 * @param options - `timeout` and `cpuTimeout` in milliseconds (default: none), `filename`, `signal`.
 * @example
 * ```js
 * import * as isolet from 'isolet';
 * isolet.eval('[1, 2, 3].map((n) => n * 2)'); // [2, 4, 6]
 * ```
 */
function evalInDefault<T = unknown>(code: string, options?: EvalOptions): T {
  return getDefaultRuntime().eval<T>(code, options);
}

/**
 * Runs a script in the default runtime off the event loop; see {@link Runtime.evalAsync}.
 *
 * @param code - Source text of a classic script.
 * @param options - `timeout` and `cpuTimeout` in milliseconds (default: none), `filename`, `signal`.
 * @example
 * ```js
 * import { evalAsync } from 'isolet';
 * await evalAsync('Promise.resolve(42)'); // 42
 * ```
 */
export async function evalAsync<T = unknown>(code: string, options?: EvalOptions): Promise<T> {
  return getDefaultRuntime().evalAsync<T>(code, options);
}

// `eval` can't be the name of a function in a module.
nameFunction(evalInDefault, 'eval');

export { evalInDefault as eval };
