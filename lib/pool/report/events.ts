import type { EgressUse } from '../../web/egress/book.ts';
import type { FunctionRef } from '../function/resolved-function.ts';
import type { EvictReason } from './evict-reason.ts';
import type { LogEntry } from './log-book.ts';

/** How an invocation ended. */
export type Outcome = 'ok' | 'error' | 'timeout' | 'heapLimit' | 'terminated' | 'aborted' | 'transfer';

/**
 * What a function's code was run for. `'load'`: the code around the function, once per runtime. `'dryRun'`: the run on
 * `dryRun.event` of a deployment. `'handedOut'`: what was in an answer and went on (streams, promises), and calls of
 * functions that the host was given. `'late'`: what an invocation gave to `waitUntil` or went on with after an abort, and
 * what invocations left behind in a runtime and nobody else was charged for.
 */
export type Work = 'invocation' | 'dryRun' | 'load' | 'handedOut' | 'late';

/** The limit that ended some work. */
export interface ReachedLimit {
  name:
    | 'timeout'
    | 'cpuTimeout'
    | 'loadTimeout'
    | 'loadCpuTimeout'
    | 'streamTimeout'
    | 'streamCpuTimeout'
    | 'lateTimeout'
    | 'lateCpuTimeout'
    | 'memoryMb';
  /** ms, or bytes for `memoryMb`. */
  value: number;
  /** What was measured, in the same unit. */
  observed: number;
  /** Where the guest was: `'queued'` behind another invocation, `'sync'`, `'pending'` or in a `'host'` function. */
  phase: 'queued' | 'sync' | 'pending' | 'host' | 'running';
}

/** The account of one invocation, or of other work that is paid for. Times in ms with microsecond resolution. */
export interface InvocationReport extends FunctionRef {
  /** What it was: an invocation, or what else is paid for. */
  work: Work;
  /** Of a load an id of its own. */
  invocationId: string;
  /** How it ended. */
  outcome: Outcome;
  /** Whether it had to wait for its runtime to be made. */
  coldStart: boolean;
  /** From the start in the runtime to the answer. */
  durationMs: number;
  /** Processor time in the guest. With several invocations in one runtime the sum is exact, the share is not. */
  cpuMs: number;
  /** Wait for a runtime, a cold start included. */
  queueMs: number;
  /** Bytes of the runtime's JavaScript heap in use at the end. */
  heapUsed: number;
  /** Memory limit × duration, in GiB·ms. */
  gbMs: number;
  /** Calls of platform APIs, and of `web.fetch`. */
  hostCalls: number;
  /** What was fetched through `egress`, if anything. */
  egress?: EgressUse | undefined;
  /** What it wrote, as much as `maxLogBytes` allows. */
  logs: LogEntry[];
  /** Log lines that were cut or did not fit. */
  logsDropped: number;
  /** Set when a limit ended it. */
  limit?: ReachedLimit | undefined;
}

/**
 * The account of what an invocation did after its answer: `durationMs`, `cpuMs`, `gbMs`, `hostCalls` and `logs` are those
 * of that work alone.
 */
export interface LateReport extends InvocationReport {
  /** What the first promise given to `waitUntil` that failed was rejected with, or what ended the work. */
  error?: unknown;
}

/** What `invoke(…, { detailed: true })` answers. */
export interface DetailedResult<T = unknown> extends InvocationReport {
  /** What the function answered. */
  value: T;
  /** Set if the function called `waitUntil`: resolves when that work is over, never rejects. */
  late?: Promise<LateReport> | undefined;
}

/**
 * Why a cell ended: nobody used it; another tenant needed its place (`maxCells`); `maxCellAge`; it took too much memory; a
 * guest in it could not be stopped; it ended by itself, or the system ended it; the pool was closed.
 */
export type CellExitReason = 'idle' | 'capacity' | 'age' | 'memory' | 'lost' | 'died' | 'closed';

/** A process that a pool has for a tenant. */
export interface CellRef {
  tenantId: string;
  /** Which of the tenant's functions it is for, as the option `group` says; empty for all of them. */
  group: string;
  /** Of the process to signal or to wait for. */
  pid: number;
}

/**
 * Events of a `RuntimePool`, each also on `diagnostics_channel` as `isolet:pool:<event>`. A listener that throws, or is
 * async and rejects, is a process warning with the code `ISOLET_LISTENER_THREW`.
 */
export interface PoolEvents {
  /** A runtime is about to be made. */
  coldStart: [FunctionRef];
  /** A runtime is ready. `loadMs` is the whole cold start. */
  ready: [FunctionRef & { loadMs: number }];
  /** An invocation goes to a runtime that was ready. */
  reuse: [FunctionRef];
  /** A runtime is closed, for this reason. */
  evict: [FunctionRef & { reason: EvictReason }];
  /** An invocation was answered. Every invocation that got a runtime appears here exactly once. */
  invoke: [InvocationReport & { error?: unknown }];
  /** A function's code was loaded into a runtime, or failed to. */
  load: [InvocationReport & { error?: unknown }];
  /** A dry run was answered. */
  dryRun: [InvocationReport & { error?: unknown }];
  /**
   * What an invocation handed out is over: the last stream or promise of its answer; or a call of a function of it that
   * the host has made.
   */
  handedOut: [InvocationReport & { error?: unknown }];
  /**
   * Work after an answer is over: what the function gave to `waitUntil`, or went on with when its caller had left. Also
   * what it left behind without: when a runtime is gone and its code had run since the last answer, what that took.
   */
  late: [LateReport];
  /** An invocation ran out of time; told after `invoke`. */
  timeout: [InvocationReport & { error?: unknown }];
  /** An invocation needed more memory than it may have; told after `invoke`. */
  heapLimit: [InvocationReport & { error?: unknown }];
  /** A runtime could not be stopped and was given up with its thread and memory; `message` says why in one line. */
  fatal: [FunctionRef & { message: string }];
  /** A cell serves a tenant from now on. */
  cellStart: [CellRef];
  /** A cell is gone. `signal`: what ended the process, if it was a signal. */
  cellExit: [CellRef & { reason: CellExitReason; signal: NodeJS.Signals | undefined }];
  /** An invocation ended with its runtime, or was dropped, for another reason than a limit of its own. */
  lost: [FunctionRef & { reason: string }];
  /** An invocation was refused before it got a runtime: queue full, waited too long, aborted, load failed, version gone. */
  refused: [FunctionRef & { error: unknown }];
  /** `late`: the line came after the answer, or of code that no invocation is known for. It may be in no report. */
  log: [FunctionRef & LogEntry & { invocationId: string | undefined; late?: boolean | undefined }];
}
