import { TimeoutError } from '../../errors/index.ts';
import { maxMilliseconds } from '../../options/check.ts';
import type { NamedApi } from '../api/declare.ts';
import { here } from '../cells/here.ts';
import type { Place } from '../cells/place.ts';
import { type GuestKind, guestKind, learnShape, withWeb } from '../code/guest-kind.ts';
import { wrapperSource, wrapperSourceWithWeb } from '../code/guest-wrapper.ts';
import { isModule, type LoadStep, loadHandler, notAFunction } from '../code/handler.ts';
import { evalWrapped, type JsFunction, type Runtime, rename, webPart } from '../engine.ts';
import { isReasonOf } from '../failures/own-error.ts';
import { invalidFunction, loadTimedOut } from '../failures/refusal.ts';
import { label } from '../function/label.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { ResolvedPoolOptions } from '../options/options.ts';
import type { InvocationReport } from '../report/events.ts';
import { Invocation } from '../report/invocation.ts';
import type { LogEntry } from '../report/log-book.ts';
import { keepReport, makeReport, outcomeOf, reported } from '../report/report.ts';
import { UseMeter } from '../report/use-meter.ts';
import { asInvocation, asLoading, currentCaller } from './caller.ts';
import type { CellVirgins } from './cell-virgins.ts';
import { type EntryHooks, PoolEntry } from './entry.ts';
import { guestLines } from './guest-lines.ts';
import { ownedBy } from './own-wait.ts';
import { inOwnWords } from './own-words.ts';
import { Seat } from './seat.ts';
import type { Virgin, VirginStock } from './virgin.ts';

export interface LoadContext {
  /** The pool. */
  readonly owner: object;
  readonly apis: readonly NamedApi[];
  readonly options: ResolvedPoolOptions;
  readonly stock: VirginStock;
  readonly cellVirgins: CellVirgins;
  /** Nothing but the function's own code is next. */
  onBegin(runtime: Runtime): void;
  /** `late`: it comes after the answer, or it is nobody's. */
  onLog(fn: ResolvedFunction, entry: LogEntry, invocationId: string | undefined, late: boolean): void;
  /** Called once for every load, also one that failed. */
  onLoad(report: InvocationReport, error: unknown): void;
  readonly hooks: EntryHooks;
  /** The engine had to give up the isolate. */
  onFatal(fn: ResolvedFunction, message: string): void;
}

let lastEntry = 0;

export const runtimeName = (fn: ResolvedFunction): string => `${label(fn.tenantId)}:${label(fn.name)}`;

/** A cold start: a virgin runtime with the platform's API and the function in it. */
export async function loadEntry(
  fn: ResolvedFunction,
  place: Place,
  signal: AbortSignal,
  context: LoadContext,
): Promise<PoolEntry> {
  const createdAt = performance.now();
  const { options } = context;
  const kind = guestKind(fn, options);
  const { runtime, prepare, seat: bound } = await virginFor(kind, place, context);
  rename(runtime, runtimeName(fn));
  ownedBy(context.owner, fn, runtime);
  const meter = new UseMeter(runtime);
  const load = new Invocation(fn, fn.loadTimeout, undefined, 'load');
  runtime.once('close', () => load.end());
  let durationMicros = 0;
  const ended = (): void => {
    durationMicros = Math.round((performance.now() - load.startedAt) * 1000);
    load.leave();
  };
  const report = (error?: unknown): InvocationReport => {
    const measures = { coldStart: true, queueMs: 0, durationMicros, ...meter.take() };
    return makeReport(load, error === undefined ? 'ok' : outcomeOf(error, signal), measures, error);
  };
  try {
    signal.throwIfAborted();
    context.onBegin(runtime);
    const running = new Set<Invocation>();
    const caller = () => currentCaller(running);
    let entry: PoolEntry | undefined;
    const claiming = () => {
      const invocation = caller();
      if (invocation instanceof Invocation) entry?.handedOut.passedBy(invocation);
      return invocation;
    };
    const lines = guestLines(runtime, fn, running, {
      begun: () => entry?.served ?? 0,
      onLog: (line, invocationId, late) => context.onLog(fn, line, invocationId, late),
      onStopped: (why) => entry && context.hooks.onStopped(entry, why),
      isIdle: () => entry !== undefined && entry.active === 0 && !entry.gone,
    });
    const seat = bound ?? new Seat();
    seat.take({ fn, lines, caller: claiming });
    runtime.once('fatal', (message) => {
      place.lost();
      context.onFatal(fn, message);
    });
    const about = {
      tenantId: fn.tenantId,
      functionName: fn.name,
      version: fn.version,
      env: fn.env,
      maxLogBytes: fn.maxLogBytes,
    };
    const step = steps(load, meter, signal);
    const handler = await loadHandler(
      runtime,
      fn,
      prepare,
      // What it was bound to in stock are all functions of the platform.
      [about, options.console, undefined, ...(bound && fn.apis === undefined ? [] : seat.bind(context.apis, fn.apis))],
      step,
    );
    if (typeof handler !== 'function') throw noFunction(fn, handler);
    const { maxAge } = options;
    ended();
    const shape = { module: isModule(fn), object: lines.methods !== undefined };
    if (!learnShape(fn, shape, kind, options)) {
      await runtime.closeAsync();
      context.onLoad(report(), undefined);
      return loadEntry(fn, place, signal, context);
    }
    context.onLoad(report(), undefined);
    const functions = { handler: handler as JsFunction, wrapper: prepare, methods: lines.methods };
    const { hooks } = context;
    const timing = { createdAt, maxAge, defaultTimeout: options.loadTimeout };
    entry = new PoolEntry({
      id: ++lastEntry,
      fn,
      place,
      runtime,
      load,
      ...functions,
      ...timing,
      running,
      meter,
      hooks,
    });
    return entry;
  } catch (thrown) {
    ended();
    const isAborted = isReasonOf(signal, thrown);
    const told = isAborted ? thrown : inOwnWords(await place.explain(thrown), fn);
    const clean = fn.redactor && !isAborted ? fn.redactor.failure(told, keepReport) : told;
    await runtime.closeAsync();
    const failed = report(clean);
    // Whoever stopped it knows it by the reason.
    const error = failed.outcome === 'aborted' ? clean : reported(clean, failed);
    context.onLoad(failed, error);
    throw error;
  }
}

async function virginFor(kind: GuestKind, place: Place, { stock, cellVirgins, options }: LoadContext): Promise<Virgin> {
  try {
    const stocked = place.cell ? cellVirgins.take(await place.cell, kind) : stock.take(kind);
    return stocked ?? (await createVirgin(kind, options, place));
  } catch (error) {
    throw await place.explain(error);
  }
}

/** The limits of a load hold over all its steps together. */
function steps(load: Invocation, meter: UseMeter, signal: AbortSignal): LoadStep {
  const { loadTimeout, loadCpuTimeout } = load.fn;
  return async (call) => {
    const wall = Math.max(loadTimeout - (performance.now() - load.startedAt), 1);
    const cpu = Math.max(loadCpuTimeout - meter.cpuMs, 1);
    const limits = {
      timeout: loadTimeout > maxMilliseconds ? undefined : wall,
      cpuTimeout: loadCpuTimeout === 0 ? undefined : cpu,
      signal,
    };
    try {
      return await asInvocation(load, () => call(limits));
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      throw loadTimedOut(error, error.kind === 'cpu' ? loadCpuTimeout : loadTimeout);
    }
  };
}

/** A runtime as the pool's options say, with the wrapper in it and nothing of any tenant. */
export async function createVirgin(
  kind: GuestKind,
  options: ResolvedPoolOptions,
  place: Pick<Place, 'createRuntime'>,
): Promise<Virgin> {
  const runtime = await place.createRuntime({
    ...withWeb(options.runtime, kind.web),
    maxHeapSize: Math.floor(kind.memoryMb * 1024 * 1024),
    timeout: options.loadTimeout,
  });
  const { loadTimeout: timeout } = options;
  const source = kind.handlers ? wrapperSourceWithWeb : wrapperSource;
  try {
    const made = await asLoading(() => runtime.evalAsync<JsFunction>(source, { timeout, filename: 'isolet:function' }));
    if (!kind.handlers) return { runtime, prepare: made, seat: undefined };
    const prepare = await asLoading(() => made.callAsync([webPart('handler')], { timeout }));
    made.release();
    return { runtime, prepare: prepare as JsFunction, seat: undefined };
  } catch (error) {
    await runtime.closeAsync();
    throw error;
  }
}

/**
 * One for the stock: what the platform gives to every function is bound, and the way a function takes into it has been
 * walked once, so that V8 has compiled what is on it. Nothing else of that is left behind: the function is ours, and the
 * globals are made elsewhere.
 */
export async function createRehearsed(
  kind: GuestKind,
  options: ResolvedPoolOptions,
  apis: readonly NamedApi[],
  place: Pick<Place, 'createRuntime'> = here,
): Promise<Virgin> {
  const virgin = await createVirgin(kind, options, place);
  const limits = { timeout: options.loadTimeout };
  const about = { tenantId: '', functionName: '', version: '', env: {}, maxLogBytes: 0 };
  const seat = new Seat();
  try {
    const handler = await asLoading(async () => {
      const args = [about, options.console, {}, ...seat.bind(apis, undefined)];
      return (await evalWrapped(virgin.prepare, args, '((event) => ({ event }))', limits)) as JsFunction;
    });
    await asLoading(() => handler.callAsync([{}, '', 0, 0], limits));
    handler.release();
    return { ...virgin, seat };
  } catch (error) {
    await virgin.runtime.closeAsync();
    throw error;
  }
}

function noFunction(fn: ResolvedFunction, kind: unknown): Error {
  const message = notAFunction(fn, kind);
  return invalidFunction(`${runtimeName(fn)}: ${message}`, [{ message, path: ['code'], line: 1, column: 1 }]);
}
