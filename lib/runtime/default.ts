import type { EvalOptions } from '../options/call-options.ts';
import { Runtime } from './runtime.ts';

let shared: Runtime | undefined;

/**
 * The runtime behind the module-level `eval` and `evalAsync`: made on first use with default options, one per thread.
 * When it was closed or terminated, a new one with a fresh global object takes its place.
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
  if (!shared || shared.closed) {
    shared?.close();
    shared = new Runtime({ name: 'default' });
  }
  return shared;
}

/** Closes the default runtime, if there is one. The next use makes a new one. */
export function closeDefaultRuntime(): void {
  shared?.close();
  shared = undefined;
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
export { evalInDefault as eval };
