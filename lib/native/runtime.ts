import type { NativeStats } from './stats.ts';

/**
 * Ids of calls are given by `lib/` and unique per runtime; they name a call in `cancel` and in `callHost`. What ends in
 * `Async` begins a call: its answer comes through `callsSettled` or `callFailed`, unless this throws.
 */
export interface NativeRuntime {
  /** What `call` of the addon knows the runtime by. */
  serial(): number;
  eval(callId: number, code: string, filename: string, timeout: number, cpuTimeout: number): unknown;
  evalAsync(callId: number, code: string, filename: string, timeout: number, cpuTimeout: number): void;
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
  ): void;
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
  ): void;
  /** Makes what is late, after the scripts of the snapshot and before anything else runs. */
  addLate(callId: number, timeout: number, cpuTimeout: number): undefined;
  addLateAsync(callId: number, timeout: number, cpuTimeout: number): void;
  /**
   * Keeps the compiled code of a script (`module` false) or module that has run in this runtime, with the functions that
   * were called meanwhile, for the next runtime that gets the same text under the same name.
   */
  keepCode(callId: number, code: string, filename: string, module: boolean): undefined;
  keepCodeAsync(callId: number, code: string, filename: string, module: boolean): void;
  callAsync(
    callId: number,
    functionId: number,
    thisArg: unknown,
    args: unknown[],
    timeout: number,
    cpuTimeout: number,
    /** Moved instead of copied. */
    transfer?: readonly ArrayBuffer[],
  ): void;
  /** Registers a module under a bare name or an absolute URL; replaces what was registered. */
  addModule(name: string, type: ModuleType, content: string | Uint8Array): void;
  /** Whether the host wants to be asked; it is through `callHost` with function id 0 (see ModuleHooks). */
  setModuleHooks(resolver: boolean, loader: boolean): void;
  /** The exports as a plain object. */
  evalModule(callId: number, specifier: string, timeout: number, cpuTimeout: number): unknown;
  evalModuleAsync(callId: number, specifier: string, timeout: number, cpuTimeout: number): void;
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

/** What a call was when it was to be stopped. `'settled'`: answered; nothing is done. `'goesOn'`: waiting, and let alone. */
export type CancelledCall = 'settled' | 'unbegun' | 'running' | 'waiting' | 'goesOn';

/** What a module is made from. */
export type ModuleType = 'js' | 'json' | 'text' | 'bytes' | 'wasm';
