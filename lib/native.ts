/**
 * The contract between `lib/` and the C++ addon.
 *
 * One native call per operation. Everything arrives here already validated and defaulted: C++ only checks what
 * protects memory. Times are milliseconds, 0 = no limit. Sizes are bytes, 0 = no limit.
 */
import type { NativeCounters, NativeProcessLimits, NativeStats } from './native/stats.ts';

export type * from './native/stats.ts';

/** How the engine reports a failure; `lib/errors` turns it into the public error classes. */
export type ErrorRecord =
  | {
      kind: 'javascript';
      /** `null` when the guest threw something that is not an Error. */
      name: string | null;
      message: string;
      stack: string | null;
      frames: StackFrame[];
      /** The thrown value by the value protocol; `undefined` when it can't cross. */
      thrown: unknown;
    }
  | { kind: 'timeout'; clock: 'wall' | 'cpu'; limit: number; phase: TimeoutPhase }
  | { kind: 'terminated'; reason: string }
  | { kind: 'heapLimit'; limit: number; used: number }
  | { kind: 'closed' }
  | { kind: 'aborted' }
  /** Another call was stopped, and what this one waited for went with it. */
  | { kind: 'dropped' }
  /** `message` is a sentence, or for 'unsupported' the name of what can't cross (`symbol`, `WeakMap`). */
  | { kind: 'transfer'; reason?: TransferReason; message: string; path: string; limit?: number; actual?: number }
  | { kind: 'module'; notFound: boolean; message: string; specifier: string; referrer: string | null; cause?: unknown }
  | { kind: 'snapshot'; message: string }
  | { kind: 'capacity'; message: string; limit: number; actual: number }
  | { kind: 'nesting'; limit: number };

export type TransferReason = 'unsupported' | 'depth' | 'bytes' | 'foreign' | 'released' | 'handles' | 'held';

/** Where a call was when its time ran out. */
export type TimeoutPhase = 'queued' | 'sync' | 'pending' | 'host';

export interface StackFrame {
  functionName: string | null;
  fileName: string | null;
  lineNumber: number | null;
  columnNumber: number | null;
}

/** What the addon calls back. Set once per Node environment, before anything else. */
export interface NativeHooks {
  /** `owner`: of the runtime that it is about, if there is one. */
  createError(record: ErrorRecord, owner?: NativeOwner): Error;
  /**
   * A guest function arrived that the host does not hold: answer a JsFunction for `id`. The engine holds it weakly, and
   * asks again for what arrives after it was collected or given back through `releaseFunction`.
   */
  importFunction(owner: NativeOwner, id: number, name: string, length: number): object;
  /** A guest stream arrived; `source`, a JsFunction, reads it. */
  importStream(owner: NativeOwner, source: object): object;
  /**
   * A function is about to cross into the guest. For a host function: its id and whether a guest call waits for it;
   * each call is one arrival, given back through `releaseExport`. For a JsFunction: 'guest' and its guest function id
   * when it is a live handle of this owner, else 'foreign' or 'released' (id 0), which is a transfer failure. With
   * `streams` also asked for objects with a class: a stream crosses as a host function, or as 'guest' and the guest
   * function that reads it if it came from there; undefined for anything else.
   */
  exportFunction(owner: NativeOwner, fn: object): { id: number; mode: ExportMode } | undefined;
  /** Host function or stream `id` came home: answer the very object. `undefined` if it is not known (any more). */
  exportedFunction(owner: NativeOwner, id: number): object | undefined;
  /** `count` (default: all) arrivals of host function `id` are given back: the guest dropped it or it never arrived. */
  releaseExport(owner: NativeOwner, id: number, count?: number): void;
  /** The guest calls host function `id`. A returned thenable becomes a guest promise. `callId` is 0 if unknown. */
  callHost(owner: NativeOwner, id: number, callId: number, args: unknown[]): unknown;
  event(owner: NativeOwner, event: NativeEvent): void;
  /** Whether this is the main thread of the process. */
  mainThread: boolean;
}

/** What a module is made from. */
export type ModuleType = 'js' | 'json' | 'text' | 'bytes' | 'wasm';

/** 'auto' and 'sync' block the guest until the host function returned; 'async' hands out a promise at once. */
export type HostCallMode = 'auto' | 'sync' | 'async';

export type ExportMode = HostCallMode | 'guest' | 'foreign' | 'released';

export type NativeEvent =
  /** `callId`: whose code it was, 0 if unknown. */
  | {
      type: 'console';
      callId: number;
      level: ConsoleLevel;
      method: ConsoleMethod;
      groupDepth: number;
      stack: string;
      args: unknown[];
    }
  | { type: 'consoleDropped'; lines: number }
  | { type: 'unhandledRejection'; callId: number; error: ErrorRecord }
  /** The call is answered next, and some of it is left: timers, open host calls, imports; or lines on their way. */
  | { type: 'callHeld'; callId: number }
  /** Nothing is left of a call that was held. */
  | { type: 'callForgotten'; callId: number }
  | { type: 'terminated'; reason: string }
  | { type: 'fatal'; message: string };

export type ConsoleLevel = 'debug' | 'log' | 'info' | 'warn' | 'error' | 'trace';

/** The methods of a guest's console that write lines. */
export type ConsoleMethod =
  | ConsoleLevel
  | 'assert'
  | 'count'
  | 'countReset'
  | 'dir'
  | 'dirxml'
  | 'group'
  | 'groupCollapsed'
  | 'table'
  | 'time'
  | 'timeEnd'
  | 'timeLog';

/**
 * The object (a `Runtime`'s private half) that native holds weakly and hands back to the hooks. It is what keeps
 * host functions reachable, so that a forgotten runtime can be collected.
 */
export type NativeOwner = object;

export interface NativeRuntimeOptions {
  maxHeapSize: number;
  initialHeapSize: number;
  maxTransferDepth: number;
  maxTransferBytes: number;
  /** For guest code that belongs to no call. */
  timeout: number;
  cpuTimeout: number;
  /** Startup snapshot, header already stripped by native itself. */
  snapshot: Uint8Array | undefined;
  console: boolean;
  codeGenerationStrings: boolean;
  codeGenerationWasm: boolean;
  /** Maximum number of live guest timers; 0 = `setTimeout` and friends do not exist. */
  maxTimers: number;
  /** The snapshot was built without timers, without streams or without the web's APIs: its scripts must not find them. */
  lateTimers: boolean;
  lateStreams: boolean;
  lateWeb: boolean;
  /** Functions, streams and pending promises of the guest that the host may hold. */
  maxHeldHandles: number;
  /** Arguments of host calls that are not answered, in bytes. */
  maxOpenHostCallBytes: number;
  /** Synchronous calls run on the calling thread. */
  syncInPlace: boolean;
  /** What a stopped call has open (host calls, timers) still settles: other calls may wait for it. */
  settleStopped: boolean;
  /** The program that makes the guest's streams; '' = there are none. */
  streams: string;
  /** What the guest's web APIs read of their options, as JSON; '' = there are none. Needs `setWebProgram`. */
  web: string;
  /** Milliseconds. */
  webClockResolution: number;
  name: string;
}

/** What a call was when it was to be stopped. `'settled'`: answered; nothing is done. `'goesOn'`: waiting, and let alone. */
export type CancelledCall = 'settled' | 'unbegun' | 'running' | 'waiting' | 'goesOn';

export interface CallLimits {
  timeout: number;
  cpuTimeout: number;
}

/** Ids of calls are given by `lib/` and unique per runtime; they name a call in `cancel` and in `callHost`. */
export interface NativeRuntime {
  eval(callId: number, code: string, filename: string, timeout: number, cpuTimeout: number): unknown;
  evalAsync(callId: number, code: string, filename: string, timeout: number, cpuTimeout: number): Promise<unknown>;
  /**
   * In one turn: calls guest function `wrapperId` with `args`, evaluates the script, and calls what the wrapper returned
   * with the script's value.
   */
  evalWrappedAsync(
    callId: number,
    code: string,
    filename: string,
    timeout: number,
    cpuTimeout: number,
    wrapperId: number,
    args: unknown[],
  ): Promise<unknown>;
  /** Evaluates a script for its effects. */
  load(
    callId: number,
    code: string,
    filename: string,
    timeout: number,
    cpuTimeout: number,
    ofSnapshot: boolean,
  ): undefined;
  loadAsync(
    callId: number,
    code: string,
    filename: string,
    timeout: number,
    cpuTimeout: number,
    ofSnapshot: boolean,
  ): Promise<undefined>;
  /** Makes what is late, after the scripts of the snapshot and before anything else runs. */
  addLate(callId: number, timeout: number, cpuTimeout: number): undefined;
  addLateAsync(callId: number, timeout: number, cpuTimeout: number): Promise<undefined>;
  /**
   * Keeps the compiled code of a script (`module` false) or module that has run in this runtime, with the functions that
   * were called meanwhile, for the next runtime that gets the same text under the same name.
   */
  keepCode(callId: number, code: string, filename: string, module: boolean): undefined;
  keepCodeAsync(callId: number, code: string, filename: string, module: boolean): Promise<undefined>;
  /** Calls guest function `functionId`. */
  call(
    callId: number,
    functionId: number,
    thisArg: unknown,
    args: unknown[],
    timeout: number,
    cpuTimeout: number,
  ): unknown;
  callAsync(
    callId: number,
    functionId: number,
    thisArg: unknown,
    args: unknown[],
    timeout: number,
    cpuTimeout: number,
    /** Moved instead of copied. */
    transfer?: readonly ArrayBuffer[],
  ): Promise<unknown>;
  /** Registers a module under a bare name or an absolute URL; replaces what was registered. */
  addModule(name: string, type: ModuleType, content: string | Uint8Array): void;
  /** Whether the host wants to be asked; it is through `callHost` with function id 0 (see ModuleHooks). */
  setModuleHooks(resolver: boolean, loader: boolean): void;
  /** The exports as a plain object. */
  evalModule(callId: number, specifier: string, timeout: number, cpuTimeout: number): unknown;
  evalModuleAsync(callId: number, specifier: string, timeout: number, cpuTimeout: number): Promise<unknown>;
  /**
   * Stops a call; it rejects with `{ kind: 'aborted' }`. With `onlyRunning` an asynchronous call that has begun and waits
   * is let alone (`'goesOn'`). Answers what it found.
   */
  cancel(callId: number, onlyRunning: boolean): CancelledCall;
  /**
   * Defines `globalThis[name]` by the value protocol, functions at any depth included. False if a declaration of the
   * guest's hides it; then nothing has changed. A guest that is busy gets it later; then the
   * event `unhandledRejection` says so.
   */
  setGlobal(name: string, value: unknown): false | undefined;
  /** False if there was no such own property. */
  deleteGlobal(name: string): boolean;
  /** The host is done with guest function `id`. */
  releaseFunction(id: number): void;
  stats(): NativeStats;
  /**
   * Writes CPU ms, ms on a thread, bytes of heap in use as of the last answer (at most 10 ms before it), and how many
   * functions, streams and pending promises the host holds.
   */
  use(out: Float64Array): void;
  state(): 'open' | 'closing' | 'closed' | 'terminated';
  terminationReason(): string | null;
  terminate(reason: string): void;
  close(): void;
  /** Resolves when the isolate is gone. */
  closeAsync(): Promise<void>;
}

export interface NativeSnapshotOptions {
  scripts: { filename: string; code: string }[];
  warmup: { filename: string; code: string }[];
  timeout: number;
  maxHeapSize: number;
  maxTimers: number;
  /** The program that makes the guest's streams, or `''`. */
  streams: string;
  web: string;
  webClockResolution: number;
}

export interface NativeAddon {
  initialize(hooks: NativeHooks): void;
  /** On the main thread: the process is about to exit with `code`. */
  noteExit(code: number): void;
  /** Throws what `createError` made. */
  createRuntime(owner: NativeOwner, options: NativeRuntimeOptions): NativeRuntime;
  createRuntimeAsync(owner: NativeOwner, options: NativeRuntimeOptions): Promise<NativeRuntime>;
  /** The text that makes the web's APIs, for the whole process: the first stays. False: this is another one. */
  setWebProgram(text: string): boolean;
  /** Gives the process a program that the web's APIs load in guests that need it; the first for a name stays. */
  setWebLibrary(name: string, text: string): void;
  /** Whether guests can use Node's own parser of URLs; without it they need the library 'whatwg-url'. */
  hasUrlParser(): boolean;
  /** Complete blob with header. */
  buildSnapshot(options: NativeSnapshotOptions): Uint8Array;
  buildSnapshotAsync(options: NativeSnapshotOptions): Promise<Uint8Array>;
  /** Whether these may be the first bytes of a snapshot with the web's APIs; checks nothing else. */
  snapshotHasWeb(blob: Uint8Array): boolean;
  /** Header, checksum and, once per content, a trial restore; throws `{ kind: 'snapshot' }`. Answers what it was built with. */
  checkSnapshot(blob: Uint8Array): { maxTimers: number; streams: boolean; web: boolean };
  counters(): NativeCounters;
  processLimits(): NativeProcessLimits;
  setProcessLimits(
    maxIsolates: number,
    maxReservedBytes: number,
    maxLostIsolates: number,
    maxStockedIsolates: number,
  ): void;
}
