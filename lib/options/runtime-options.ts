import type { ConsoleLevel, ConsoleMethod } from '../native.ts';
import type { Limits } from './call-options.ts';
import { checkBoolean, checkInteger, checkMilliseconds, checkName, checkOptions, checkString } from './check.ts';
import { invalidRange, invalidType } from './invalid.ts';
import type { Snapshot } from './snapshot.ts';
import { type CheckedWeb, checkWeb, checkWebNeeds, type WebOptions } from './web.ts';

/** About a line that a guest wrote to its console. */
export interface ConsoleInfo {
  /** The method that the guest called. */
  readonly method: ConsoleMethod;
  /** How many groups are open: how far to indent the line. */
  readonly groupDepth: number;
  /** Where the guest called `console.trace`: lines as in the `stack` of an Error. Otherwise `''`. */
  readonly stack: string;
}

/** Receives what the guest writes to its console: with `table` the data and the columns, otherwise what to print. */
export type ConsoleHandler = (level: ConsoleLevel, args: unknown[], info: ConsoleInfo) => void;

/** Options of {@link Runtime}. Times are milliseconds, sizes are bytes. */
export interface RuntimeOptions {
  /**
   * Most memory the guest may use, JavaScript heap and array buffers together, in bytes. When it is reached the runtime
   * is terminated with a {@link HeapLimitError}. At least 4 MiB. Default 128 MiB.
   */
  maxHeapSize?: number | undefined;
  /** Heap to start with, in bytes; needs `maxHeapSize` and is not above it. Default: the engine decides. */
  initialHeapSize?: number | undefined;
  /** Wall-clock limit of every call and of the bootstrap script, in milliseconds. Default: none. */
  timeout?: number | undefined;
  /** CPU-time limit of every call and of the bootstrap script, in milliseconds. Default: none. */
  cpuTimeout?: number | undefined;
  /** Script to run before anything else. A string, or code with the file name for stack traces (`'<bootstrap>'`). */
  bootstrap?: string | { code: string; filename?: string | undefined } | undefined;
  /** State to start from, see {@link SnapshotBuilder}. The bootstrap runs after it. */
  snapshot?: Snapshot | Uint8Array | undefined;
  /**
   * What the guest's `console` does. `false`: nothing (its functions exist). `true`: `'console'` events of the runtime.
   * `'inherit'`: also written to the host's console. A function is called with the level, the values and a {@link ConsoleInfo}. Default `false`.
   */
  console?: boolean | 'inherit' | ConsoleHandler | undefined;
  /** Whether the guest may make code from strings (`eval`, `new Function`) and compile WebAssembly. Default: both. */
  codeGeneration?: { strings?: boolean | undefined; wasm?: boolean | undefined } | undefined;
  /** Deepest nesting of a value that crosses, 1 to 1000; the value itself is level 1. Default 100. */
  maxTransferDepth?: number | undefined;
  /** Most that a value that crosses may make its receiver allocate, in bytes. Default 10 MiB. */
  maxTransferBytes?: number | undefined;
  /**
   * Most timers the guest may have at once; with it `setTimeout`, `setInterval` and their `clear` functions exist.
   * Default: what the snapshot was built with, otherwise 0: there are none.
   */
  maxTimers?: number | undefined;
  /**
   * Most functions, streams and unsettled promises of the guest that the host may hold at once, 1 to 1,000,000. What
   * would be one more can't cross: a {@link TransferError}, in the guest a `RangeError`. Functions that were released or
   * collected do not count, nor do promises that nobody waits for or refers to. Default 20,000.
   */
  maxHeldHandles?: number | undefined;
  /**
   * Most bytes of arguments of asynchronous host calls that the host has not answered, 1 to 2^53-1. A call that would be
   * above throws a `RangeError` in the guest; one by itself is bounded by `maxTransferBytes` only. Default: half of
   * `maxHeapSize`, at least 8 MiB and at most 64 MiB.
   */
  maxOpenHostCallBytes?: number | undefined;
  /**
   * Whether the guest has `ReadableStream`, `WritableStream`, `TransformStream` and their queuing strategies, and streams
   * cross in both directions. Default: what the snapshot was built with, otherwise `false`, because making them costs
   * time in each runtime.
   */
  streams?: boolean | undefined;
  /**
   * Whether the guest has the APIs of the web (`URL`, `fetch`, `crypto` and their like, docs/web.md lists them), and what
   * they say of the host. With it `streams` is on and there are timers: `maxTimers` is 4096 unless it says otherwise.
   * Default: `true` if the snapshot was built with it, otherwise `false`.
   */
  web?: boolean | WebOptions | undefined;
  /**
   * Where synchronous calls (`eval`, a call of a JsFunction) run. `'guarded'`: on a thread of the engine while the
   * caller waits, where running out of memory in the middle of V8 costs the runtime and not the process. `'inPlace'`: on
   * the calling thread, many times faster, for code you trust not to do that. Default `'guarded'`.
   */
  syncCalls?: 'guarded' | 'inPlace' | undefined;
  /** Name for warnings and `util.inspect`. Default: `'runtime-'` and a number. */
  name?: string | undefined;
}

const mebibyte = 1024 * 1024;

/** Values used where an option is left out. Times 0 = no limit. */
export const runtimeDefaults = {
  maxHeapSize: 128 * mebibyte,
  timeout: 0,
  cpuTimeout: 0,
  maxTransferDepth: 100,
  maxTransferBytes: 10 * mebibyte,
  maxHeldHandles: 20_000,
} as const;

/** V8 does not come up with less. */
export const minHeapSize = 4 * mebibyte;

const names: ReadonlySet<string> = new Set([
  'maxHeapSize',
  'initialHeapSize',
  'timeout',
  'cpuTimeout',
  'bootstrap',
  'snapshot',
  'console',
  'codeGeneration',
  'maxTransferDepth',
  'maxTransferBytes',
  'maxTimers',
  'maxHeldHandles',
  'maxOpenHostCallBytes',
  'streams',
  'web',
  'syncCalls',
  'name',
]);
const codeGenerationNames: ReadonlySet<string> = new Set(['strings', 'wasm']);
const bootstrapNames: ReadonlySet<string> = new Set(['code', 'filename']);

/** Options after checking; the snapshot is checked where it is used, and may say what `maxTimers`, `streams` and `web` are. */
export interface CheckedRuntimeOptions extends Limits {
  maxHeapSize: number;
  initialHeapSize: number;
  bootstrap: { code: string; filename: string } | undefined;
  snapshot: unknown;
  console: boolean | 'inherit' | ConsoleHandler;
  codeGeneration: { strings: boolean; wasm: boolean };
  maxTransferDepth: number;
  maxTransferBytes: number;
  maxTimers: number | undefined;
  maxHeldHandles: number;
  maxOpenHostCallBytes: number;
  streams: boolean | undefined;
  web: CheckedWeb | false | undefined;
  syncCalls: 'guarded' | 'inPlace';
  name: string;
}

let unnamed = 0;

export function checkRuntimeOptions(options: unknown): CheckedRuntimeOptions {
  const given = checkOptions(options, names);
  const maxHeapSize = checkMaxHeapSize(given.maxHeapSize);
  const has = {
    maxTimers: checkMaxTimers(given.maxTimers),
    streams: checkStreams(given.streams),
    web: checkWeb(given.web),
  };
  checkWebNeeds(has.web, has.maxTimers, has.streams);
  return {
    maxHeapSize,
    initialHeapSize: checkInitialHeapSize(given.initialHeapSize, given.maxHeapSize),
    timeout: given.timeout === undefined ? runtimeDefaults.timeout : checkMilliseconds(given.timeout, 'timeout'),
    cpuTimeout:
      given.cpuTimeout === undefined ? runtimeDefaults.cpuTimeout : checkMilliseconds(given.cpuTimeout, 'cpuTimeout'),
    bootstrap: checkBootstrap(given.bootstrap),
    snapshot: given.snapshot,
    console: checkConsole(given.console),
    codeGeneration: checkCodeGeneration(given.codeGeneration),
    maxTransferDepth: optionalInteger(
      given.maxTransferDepth,
      'maxTransferDepth',
      1,
      1000,
      runtimeDefaults.maxTransferDepth,
    ),
    maxTransferBytes: optionalInteger(
      given.maxTransferBytes,
      'maxTransferBytes',
      1,
      2 ** 31 - 1,
      runtimeDefaults.maxTransferBytes,
    ),
    ...has,
    maxHeldHandles: optionalInteger(
      given.maxHeldHandles,
      'maxHeldHandles',
      1,
      1_000_000,
      runtimeDefaults.maxHeldHandles,
    ),
    maxOpenHostCallBytes: optionalInteger(
      given.maxOpenHostCallBytes,
      'maxOpenHostCallBytes',
      1,
      Number.MAX_SAFE_INTEGER,
      Math.min(Math.max(maxHeapSize / 2, 8 * mebibyte), 64 * mebibyte),
    ),
    syncCalls: checkSyncCalls(given.syncCalls),
    name: given.name === undefined ? `runtime-${++unnamed}` : checkName(given.name, 'name'),
  };
}

/** Bytes of a heap limit; also for builders, pools and function specifications. */
export function checkMaxHeapSize(value: unknown, option = 'maxHeapSize'): number {
  if (value === undefined) return runtimeDefaults.maxHeapSize;
  if (typeof value !== 'number') throw invalidType(option, value, 'a number of bytes');
  if (!Number.isInteger(value)) throw invalidRange(option, value, 'a whole number of bytes');
  if (value < minHeapSize) {
    throw invalidRange(option, value, `at least ${minHeapSize} bytes (4 MiB): V8 does not start with less`);
  }
  if (value > Number.MAX_SAFE_INTEGER) throw invalidRange(option, value, `at most ${Number.MAX_SAFE_INTEGER} bytes`);
  return value;
}

/** Also for builders of snapshots. */
export function checkMaxTimers(value: unknown): number | undefined {
  return value === undefined ? undefined : checkInteger(value, 'maxTimers', 0, 1_000_000);
}

/** Also for builders of snapshots. */
export function checkStreams(value: unknown): boolean | undefined {
  return value === undefined ? undefined : checkBoolean(value, 'streams');
}

function checkInitialHeapSize(value: unknown, maxHeapSize: unknown): number {
  if (value === undefined) return 0;
  const initial = checkInteger(value, 'initialHeapSize', 1, Number.MAX_SAFE_INTEGER, 'bytes');
  if (maxHeapSize === undefined) {
    throw invalidRange('initialHeapSize', value, "left out, or 'maxHeapSize' be given beside 'initialHeapSize'");
  }
  if (initial > (maxHeapSize as number)) {
    throw invalidRange('initialHeapSize', value, `at most 'maxHeapSize' (${maxHeapSize}), which it cannot exceed`);
  }
  return initial;
}

function checkBootstrap(value: unknown): { code: string; filename: string } | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string') return { code: value, filename: '<bootstrap>' };
  if (typeof value !== 'object' || value === null) {
    throw invalidType('bootstrap', value, 'a string or an object { code, filename }');
  }
  const given = checkOptions(value, bootstrapNames, 'bootstrap');
  return {
    code: checkString(given.code, 'bootstrap.code'),
    filename: given.filename === undefined ? '<bootstrap>' : checkName(given.filename, 'bootstrap.filename'),
  };
}

function checkConsole(value: unknown): boolean | 'inherit' | ConsoleHandler {
  if (value === undefined) return false;
  if (typeof value === 'boolean' || value === 'inherit') return value;
  if (typeof value !== 'function') throw invalidType('console', value, "a boolean, 'inherit' or a function");
  return value as ConsoleHandler;
}

export function checkCodeGeneration(value: unknown): { strings: boolean; wasm: boolean } {
  const given = checkOptions(value, codeGenerationNames, 'codeGeneration');
  return {
    strings: given.strings === undefined || checkBoolean(given.strings, 'codeGeneration.strings'),
    wasm: given.wasm === undefined || checkBoolean(given.wasm, 'codeGeneration.wasm'),
  };
}

function checkSyncCalls(value: unknown): 'guarded' | 'inPlace' {
  if (value === undefined) return 'guarded';
  if (typeof value !== 'string') throw invalidType('syncCalls', value, "'guarded' or 'inPlace'");
  if (value !== 'guarded' && value !== 'inPlace') throw invalidRange('syncCalls', value, "'guarded' or 'inPlace'");
  return value;
}

function optionalInteger(value: unknown, option: string, min: number, max: number, fallback: number): number {
  return value === undefined ? fallback : checkInteger(value, option, min, max);
}
