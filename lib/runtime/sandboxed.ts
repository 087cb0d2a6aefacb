import { brief } from '../errors/brief.ts';
import { JavaScriptError } from '../errors/javascript-error.ts';
import { CapacityError, HeapLimitError, RuntimeTerminatedError, TimeoutError } from '../errors/limit-errors.ts';
import { TransferError } from '../errors/transfer-error.ts';
import type { StackFrame } from '../native.ts';
import { checkMilliseconds, checkOptions, checkSignal, checkString } from '../options/check.ts';
import { checkCodeGeneration } from '../options/check-runtime-options.ts';
import { checkMaxHeapSize } from '../options/heap-size.ts';
import { invalidType } from '../options/invalid.ts';
import type { ConsoleHandler, RuntimeOptions } from '../options/runtime-options.ts';
import { coreOf, Runtime } from './runtime.ts';

/** Options of {@link runSandboxed}. */
export interface SandboxOptions {
  /** Global variables of the guest, functions among them or inside them. Default none. */
  globals?: Readonly<Record<string, unknown>> | undefined;
  /** Wall-clock limit in milliseconds. Default 5000. */
  timeout?: number | undefined;
  /** Limit on processor time in milliseconds. Default: none beside `timeout`. */
  cpuTimeout?: number | undefined;
  /** Memory limit in bytes. Default 32 MiB. */
  maxHeapSize?: number | undefined;
  /**
   * Where the lines of the guest's `console` go: `'inherit'`: to the host's console; a function is called with the level,
   * the values and a {@link ConsoleInfo}. Default `false`: nowhere.
   */
  console?: false | 'inherit' | ConsoleHandler | undefined;
  /** Whether the guest may make code from strings (`eval`, `new Function`) and compile WebAssembly. Default: both. */
  codeGeneration?: RuntimeOptions['codeGeneration'];
  /** Stops the guest when aborted. */
  signal?: AbortSignal | undefined;
}

/** What went wrong, without exceptions: for callers that hand the outcome on, to a client or to a model. */
export interface SandboxFailure {
  /**
   * `'javascript'`: the guest threw. `'timeout'`, `'memory'`: a limit ended it. `'transfer'`: the value can't cross.
   * `'terminated'`: aborted by the signal. `'capacity'`: the process has no room for it now, see `setProcessLimits`; the
   * code may be fine, so try again later. `'internal'`: a fault of this library.
   */
  kind: 'timeout' | 'javascript' | 'memory' | 'transfer' | 'terminated' | 'capacity' | 'internal';
  /** Name of the error, for example `'TypeError'`. */
  name: string;
  /** Its message. */
  message: string;
  /** The guest's stack, when the guest threw. */
  stack?: string;
  /** The guest's stack in parts, when the guest threw. */
  frames?: readonly StackFrame[];
}

/** Outcome of {@link runSandboxed}. */
export type SandboxResult<T = unknown> = { ok: true; value: T } | { ok: false; error: SandboxFailure };

const names: ReadonlySet<string> = new Set([
  'globals',
  'timeout',
  'cpuTimeout',
  'maxHeapSize',
  'console',
  'codeGeneration',
  'signal',
]);
const defaultTimeout = 5000;
const defaultMaxHeapSize = 32 * 1024 * 1024;

/**
 * Runs a script once in a runtime of its own, off the event loop, and waits for its value. The runtime is gone when the
 * promise resolves, so functions and streams in the value can't be used.
 *
 * @param code - Source text of a classic script. Its value is that of the last expression, awaited.
 * @param options - `globals`, `timeout` in milliseconds (default 5000), `cpuTimeout` in milliseconds, `maxHeapSize` in
 *   bytes (default 32 MiB), `console`, `codeGeneration`, `signal`.
 * @returns `{ ok: true, value }` or `{ ok: false, error }`; whatever the guest does is never a rejection.
 * @throws TypeError or RangeError (`ERR_ISOLET_INVALID_ARG`) for wrong options, as a rejection
 * @example
 * ```js
 * const result = await runSandboxed('items.length', { globals: { items: [1, 2, 3] }, timeout: 1000 });
 * if (result.ok) console.log(result.value); // 3
 * else console.log(result.error.kind, result.error.message);
 * ```
 */
export async function runSandboxed<T = unknown>(code: string, options?: SandboxOptions): Promise<SandboxResult<T>> {
  const given = checkOptions(options, names);
  checkString(code, 'code');
  const globals = checkGlobals(given.globals);
  const timeout = given.timeout === undefined ? defaultTimeout : checkMilliseconds(given.timeout, 'timeout');
  const maxHeapSize = given.maxHeapSize === undefined ? defaultMaxHeapSize : checkMaxHeapSize(given.maxHeapSize);
  const console = checkConsole(given.console);
  const codeGeneration = checkCodeGeneration(given.codeGeneration);
  const signal = given.signal === undefined ? undefined : checkSignal(given.signal);
  const cpuTimeout = given.cpuTimeout === undefined ? undefined : checkMilliseconds(given.cpuTimeout, 'cpuTimeout');

  let runtime: Runtime | undefined;
  try {
    runtime = await Runtime.create({ name: 'sandbox', timeout, cpuTimeout, maxHeapSize, console, codeGeneration });
    const native = coreOf(runtime).native();
    for (const [name, value] of Object.entries(globals)) native.setGlobal(name, value);
    return { ok: true, value: await runtime.evalAsync<T>(code, { filename: '<sandbox>', signal }) };
  } catch (error) {
    return { ok: false, error: describe(error, code, signal) };
  } finally {
    await runtime?.closeAsync();
  }
}

function checkGlobals(value: unknown): object {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidType('globals', value, 'an object whose properties become global variables');
  }
  return value;
}

function checkConsole(value: unknown): false | 'inherit' | ConsoleHandler {
  if (value === undefined || value === false) return false;
  if (value === 'inherit' || typeof value === 'function') return value as 'inherit' | ConsoleHandler;
  throw invalidType('console', value, "false, 'inherit' or a function");
}

const noAwait =
  'A script has no top-level await: put the code into an async function, (async () => { … })(): its value is awaited.';

/** What to do about code that is not a classic script, by what V8 says of it. */
const advice: readonly (readonly [RegExp, string])[] = [
  [/^await is (?:only valid|not defined)/, noAwait],
  [/^Illegal return statement/, 'The value of a script is that of its last expression: leave the `return` away.'],
  [/^Cannot use import |^Unexpected token 'export'/, 'A script is no module: use a Runtime and its evalModuleAsync.'],
];

/** The guest's message, and what to do if the code is not a script. */
function withAdvice({ name, message }: JavaScriptError, code: string): string {
  if (name !== 'SyntaxError' && name !== 'ReferenceError') return message;
  if (message === 'Unexpected reserved word' && /\bfor\s+await\b/.test(code)) return `${message}. ${noAwait}`;
  const found = advice.find(([pattern]) => pattern.test(message))?.[1];
  return found === undefined ? message : `${message}. ${found}`;
}

function describe(error: unknown, code: string, signal: AbortSignal | undefined): SandboxFailure {
  if (error instanceof JavaScriptError) {
    const { name, stack, frames } = error;
    return { kind: 'javascript', name, message: withAdvice(error, code), stack, frames };
  }
  const text = typeof error === 'string' ? error : brief(error);
  const { name, message } = error instanceof Error ? error : { name: 'Error', message: text };
  return { kind: kindOf(error, signal), name, message };
}

function kindOf(error: unknown, signal: AbortSignal | undefined): SandboxFailure['kind'] {
  if (error instanceof TimeoutError) return 'timeout';
  if (error instanceof HeapLimitError) return 'memory';
  if (error instanceof TransferError) return 'transfer';
  if (error instanceof CapacityError) return 'capacity';
  if (error instanceof RuntimeTerminatedError || signal?.aborted) return 'terminated';
  return 'internal';
}
