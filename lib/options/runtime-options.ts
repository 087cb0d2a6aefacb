import type { ConsoleLevel, ConsoleMethod } from '../native.ts';
import type { Snapshot } from './snapshot.ts';
import type { WebOptions } from './web.ts';

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
   * Whether the ArrayBuffers in what guest functions return to the host move instead of being copied, and are detached in
   * the guest. The guest's code has to be written for it: what a function returns it gives up. Default `false`.
   */
  moveResults?: boolean | undefined;
  /**
   * Where synchronous calls (`eval`, a call of a JsFunction) run. Default `'guarded'`.
   *
   * | | runs | choose it for |
   * |---|---|---|
   * | `'guarded'` | on a thread of the engine while the caller waits; what V8 can't stop costs the runtime and not the process | code you do not trust |
   * | `'inPlace'` | on the calling thread, many times faster; what V8 can't stop, as running out of memory in the middle of it, ends the process | code you wrote |
   * | `callAsync`, `evalAsync` instead | on a thread of the engine while the caller does something else; always guarded | services |
   */
  syncCalls?: 'guarded' | 'inPlace' | undefined;
  /**
   * `'process'`: the runtime is in a process of its own behind walls of the system (a cell), which ends with it. Only
   * for {@link Runtime.create}; {@link createCell} makes one for several runtimes. Linux. Default `'isolate'`: in this
   * process.
   */
  isolation?: 'isolate' | 'process' | undefined;
  /** Name for warnings and `util.inspect`. Default: `'runtime-'` and a number. */
  name?: string | undefined;
}

/** Values used where an option is left out. Times 0 = no limit. */
export const runtimeDefaults = {
  maxHeapSize: 128 * 1024 * 1024,
  timeout: 0,
  cpuTimeout: 0,
  maxTransferDepth: 100,
  maxTransferBytes: 10 * 1024 * 1024,
  maxHeldHandles: 20_000,
} as const;
