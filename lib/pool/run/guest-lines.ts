import { type HandlerReason, JavaScriptError } from '../../errors/index.ts';
import { heapLimitReason } from '../../errors/limit-errors.ts';
import { placeInCode } from '../code/handler.ts';
import { callOfEvent, type Runtime } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import { Invocation } from '../report/invocation.ts';
import { type GroupStep, groupSteps, LogBook, type LogEntry, type LogLevel, logLevels } from '../report/log-book.ts';
import { currentCaller } from './caller.ts';

export interface GuestLinesHooks {
  /** How many invocations have begun in the runtime. */
  begun(): number;
  /** `late`: the line comes after the answer, or it is nobody's. */
  onLog(line: LogEntry, invocationId: string | undefined, late: boolean): void;
  /** A limit stopped code that an invocation had left behind. */
  onStopped(why: EvictReason): void;
  /** Whether nothing runs in the runtime that would be told of its end. */
  isIdle(): boolean;
}

/** What the wrapper in the guest calls. */
export interface GuestLines {
  /**
   * A line, or the beginning or end of a group of them. Answers whether that was taken.
   *
   * @param key of the invocation whose context was asked to log; 0 for the console, which is that of whoever calls
   */
  emit(key: number, level: LogLevel | GroupStep, text: string, isCut?: boolean): boolean;
  /** An invocation gives something to `waitUntil`; false if it comes too late. */
  expectMore(key: number): boolean;
  /** Why the wrapper can't do what is asked of an invocation; with the key 0 the methods of the function's object. */
  note(key: number, what: unknown, detail?: unknown): void;
  /** Undefined: there is no such object. */
  readonly methods: readonly string[] | undefined;
}

/**
 * Takes what code in a runtime says beside its answers, its lines and unhandled rejections, to whose it is. What no known
 * invocation said may together be as long as the lines of one, and again whenever another one has begun.
 */
export function guestLines(
  runtime: Runtime,
  fn: ResolvedFunction,
  running: ReadonlySet<Invocation>,
  hooks: GuestLinesHooks,
): GuestLines {
  let stray = new LogBook(fn.maxLogBytes, fn.redactor);
  let straySince = 0;
  const strayLines = (): LogBook => {
    const begun = hooks.begun();
    if (begun !== straySince) stray = new LogBook(fn.maxLogBytes, fn.redactor);
    else stray.take();
    straySince = begun;
    return stray;
  };
  const write = (whose: Invocation | 'ended' | undefined, level: LogLevel, text: string, isCut: boolean): boolean => {
    const known = whose instanceof Invocation ? whose : undefined;
    const line = (known?.logs ?? strayLines()).add(level, text, isCut);
    if (line) hooks.onLog(line, known?.publicId, !known || known.late || known.ended);
    return line !== undefined;
  };
  const byKey = (key: number): Invocation | 'ended' => {
    const caller = currentCaller(running);
    if (caller instanceof Invocation && caller.key === key) return caller;
    // Work that lost its way: whoever runs is asked one by one.
    for (const invocation of running) if (invocation.key === key) return invocation;
    return 'ended';
  };
  runtime.on('unhandledRejection', (error) => {
    const whose = currentCaller(running, callOfEvent());
    if (error instanceof JavaScriptError) placeInCode(fn, error);
    write(whose, 'error', textOf(error), false);
    if (error instanceof JavaScriptError) return;
    if (whose instanceof Invocation) whose.stopped(error);
    hooks.onStopped('timeout');
  });
  runtime.once('terminated', (reason) => {
    if (!hooks.isIdle()) return;
    write(undefined, 'error', wasStopped(reason), false);
    hooks.onStopped(reason === heapLimitReason ? 'heapLimit' : 'terminated');
  });
  let methods: readonly string[] | undefined;
  return {
    get methods() {
      return methods;
    },
    note: (key, what, detail) => {
      if (key === 0) methods = what as string[];
      const whose = key === 0 ? 'ended' : byKey(key);
      if (whose !== 'ended') whose.refusal = { reason: what as HandlerReason, detail: detail as string | undefined };
    },
    emit: (key, level, text, isCut) => {
      const whose = key === 0 ? currentCaller(running) : byKey(key);
      if (isOneOf(groupSteps, level)) return whose instanceof Invocation && whose.logs.group(level);
      return isOneOf(logLevels, level) && typeof text === 'string' && write(whose, level, text, isCut === true);
    },
    expectMore: (key) => {
      const whose = byKey(key);
      return whose !== 'ended' && whose.expectMore();
    },
  };
}

const isOneOf = <T>(list: readonly T[], value: unknown): value is T => list.includes(value as T);

const textOf = (error: Error): string =>
  error instanceof JavaScriptError ? `Unhandled rejection: ${error.stack ?? error}` : wasStopped(error.message);

const wasStopped = (why: string): string => `Work that an invocation left behind was stopped: ${why}`;
