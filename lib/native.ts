/**
 * The contract between `lib/` and the C++ addon.
 *
 * One native call per operation. Everything arrives here already validated and defaulted: C++ only checks what
 * protects memory. Times are milliseconds, 0 = no limit. Sizes are bytes, 0 = no limit.
 */
import type { NativeHooks, NativeOwner } from './native/hooks.ts';
import type { NativeRuntimeOptions, NativeSnapshotOptions } from './native/options.ts';
import type { NativeRuntime } from './native/runtime.ts';
import type { NativeCounters, NativeProcessLimits } from './native/stats.ts';

export type * from './native/error-record.ts';
export type * from './native/events.ts';
export type * from './native/hooks.ts';
export type * from './native/options.ts';
export type * from './native/runtime.ts';
export type * from './native/stats.ts';

/** One layer, as a cell tried it. */
export interface NativeWall {
  layer: string;
  state: 'held' | 'failed';
  call?: string;
  errno?: number;
}

/** How a cell ended, as the engine knows; `ended`: by itself, however that was. */
export type NativeCellEnd = 'closed' | 'ended' | 'misbehaved' | 'silent' | 'memory' | 'processor';

/** Calls guest function `functionId` of that runtime. */
export type NativeFunctionCall<Result> = (
  serial: number,
  callId: number,
  functionId: number,
  timeout: number,
  cpuTimeout: number,
  ...args: unknown[]
) => Result;

/** What the system refused. */
export interface NativeRefusal {
  call: string;
  errno: number;
}

/** Descriptors of the host's ends of what a process has from its start. */
export interface NativeConnection {
  output: number;
  errors: number;
  channel: number;
  report: number;
}

export interface NativeAddon {
  initialize(hooks: NativeHooks): void;
  /** On the main thread: the process is about to exit with `code`. */
  noteExit(code: number): void;
  /** Throws what `createError` made. With the number of a cell (`openCell`) the guest is made there, while it waits. */
  createRuntime(owner: NativeOwner, options: NativeRuntimeOptions, cell?: number): NativeRuntime;
  createRuntimeAsync(owner: NativeOwner, options: NativeRuntimeOptions, cell?: number): Promise<NativeRuntime>;
  call: NativeFunctionCall<unknown>;
  /** The same off the event loop, as the methods of NativeRuntime that end in `Async` do it. */
  callAsync: NativeFunctionCall<void>;
  /** The text that makes the web's APIs, for the whole process: the first stays. False: this is another one. */
  setWebProgram(text: string): boolean;
  /** Gives the process a program that the web's APIs load in guests that need it; the first for a name stays. */
  setWebLibrary(name: string, text: string): void;
  /** Whether guests can use Node's own parser of URLs; without it they need the library 'whatwg-url'. */
  hasUrlParser(): boolean;
  /** Nobody has this ArrayBuffer any more: it moves instead of being copied when it leaves for a guest. False: it can't. */
  giveBuffer(buffer: ArrayBufferLike): boolean;
  /** Complete blob with header. */
  buildSnapshot(options: NativeSnapshotOptions): Uint8Array;
  buildSnapshotAsync(options: NativeSnapshotOptions): Promise<Uint8Array>;
  /** Whether these may be the first bytes of a snapshot with the web's APIs; checks nothing else. */
  snapshotHasWeb(blob: Uint8Array): boolean;
  /** Header, checksum and, once per content, a trial restore; throws `{ kind: 'snapshot' }`. Answers what it was built with. */
  checkSnapshot(blob: Uint8Array): { maxTimers: number; streams: boolean; web: boolean };
  /**
   * Only for the script of a cell, see native/cell/seal.h: from now on this process asks the kernel for next to nothing.
   * With `required`, names with a space between, it stops where one does not hold, and
   * says so; then the process must end. With `descriptor` it serves guests on that socket and ends with it; nothing
   * else must be read from it, and nothing written once its host has heard of the walls.
   */
  sealCell(memory: number, required: string, descriptor?: number): NativeWall[];
  /**
   * A sealed process at the other end of a socket: guests can be made there. A copy of the descriptor is used. The kernel
   * is asked what `pid` does and has; with more than `mostMemory` bytes beyond what it has now it is ended. Answers its
   * number, 0 if the system refuses. `tell` must not throw: it is called once with how it ended, then the process has to
   * be killed, and before that perhaps with 'worn', because a guest in it was given up.
   */
  openCell(
    descriptor: number,
    pid: number,
    mostMemory: number,
    tell: (what: NativeCellEnd | 'worn', why: string) => void,
  ): number;
  /** All that is pending there fails with `why`. */
  endCell(cell: number, why: string): void;
  /**
   * The process that starts cells, made without copying this one; it ends with this thread. The socket is for the caller
   * to read from and to close.
   */
  startSpawner(launcher: string): { pid: number; socket: number } | NativeRefusal;
  /** At once: it does not answer, or is gone already. */
  endSpawner(pid: number): void;
  /** Texts, each ended by 0: native/launcher/requests.h. A start answers descriptors, which are the caller's. */
  askSpawner(socket: number, request: Uint8Array, starts: boolean): NativeConnection | NativeRefusal;
  /** A call of this runtime comes within a moment: has a thread of the engine awake for it. */
  wakeThread(runtime: NativeRuntime): void;
  counters(): NativeCounters;
  processLimits(): NativeProcessLimits;
  setProcessLimits(
    maxIsolates: number,
    maxReservedBytes: number,
    maxLostIsolates: number,
    maxStockedIsolates: number,
  ): void;
}
