import type { EventEmitter } from 'node:events';
import { fromRecord } from '../errors/from-record.ts';
import { RuntimeClosedError, RuntimeTerminatedError } from '../errors/limit-errors.ts';
import type { ErrorRecord, NativeEvent, NativeRuntime } from '../native.ts';
import type { CheckedFunctionCall, Limits } from '../options/call-options.ts';
import { type CheckedRuntimeOptions, checkRuntimeOptions } from '../options/check-runtime-options.ts';
import { invalidRange } from '../options/invalid.ts';
import type { Joined } from './abilities.ts';
import { currentCall, hasCallContext } from './call-context.ts';
import { callFunction } from './call-function.ts';
import { Calls } from './calls.ts';
import { CellProcess } from './cell-process.ts';
import { engine, type HookedOwner } from './engine.ts';
import { type EventOwner, EventTeller, type RuntimeEvents } from './events.ts';
import { answerGuest, HostFunctions } from './host-functions.ts';
import { ModuleHooks } from './modules.ts';
import { nativeOptions } from './native-options.ts';
import { type AnsweringOwner, ownHooks } from './own-hooks.ts';
import { Programs } from './programs.ts';
import { planStart, runFirst, runFirstAsync, type StartPlan } from './start.ts';
import type { RuntimeStats } from './stats.ts';
import { StreamCounters } from './streams/counters.ts';
import { type HandleWatch, WatchedHandles } from './watched-handles.ts';
import { WebObjects } from './web/objects.ts';
import { WebHost, webHostFunction } from './web-host.ts';

/** Bytes that the process of one runtime may take beside that runtime's heap. */
const besideHeap = 512 * 1024 * 1024;

/**
 * The private half of a Runtime: the object the engine knows as the runtime's owner. It holds what must live as long as
 * the runtime does (host functions, guest function handles, calls) and takes what the engine reports.
 */
export class RuntimeCore implements AnsweringOwner, EventOwner, HookedOwner {
  readonly options: CheckedRuntimeOptions;
  readonly hooks = ownHooks;
  readonly streamCounters = new StreamCounters();
  readonly hostFunctions = new HostFunctions(this, this.streamCounters);
  readonly calls = new Calls(this);
  readonly programs = new Programs(this);
  readonly modules = new ModuleHooks();
  readonly handles = new WatchedHandles();
  /** What a stopped call has open still settles; set before it starts. */
  settleStopped = false;
  /** Set when the public Runtime exists. */
  runtime: EventEmitter<RuntimeEvents> | undefined;
  /** What has to live as long as this runtime does: the cell that it is in. */
  livesIn: object | undefined;
  /** A drain is under way: nothing new begins. */
  draining = false;
  #has: Joined = { abilities: { maxTimers: 0, streams: false, web: false }, web: undefined };
  #native: NativeRuntime | undefined;
  /** The process that the guest is in, if not this one; and the one that ends with it. */
  #cell: CellProcess | undefined;
  #ownCell: CellProcess | undefined;
  #serial = 0;
  #web: WebHost | undefined;
  #webObjects: WebObjects | undefined;
  #closed = false;
  readonly #teller = new EventTeller(this);
  #terminationAnnounced = false;

  constructor(options: unknown) {
    this.options = checkRuntimeOptions(options);
  }

  get limits(): Limits {
    return this.options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Creates the isolate on this thread. @param cell - the process that it is made in, if not this one: waits for it */
  start(cell?: CellProcess): void {
    if (!cell && this.options.isolation === 'process') {
      const expected = "'isolate' here: a process is started off the event loop, with await Runtime.create(options)";
      throw invalidRange('isolation', 'process', expected);
    }
    this.#cell = cell;
    const plan = this.#plan();
    const native = engine().createRuntime(this, nativeOptions(this.options, plan, this.settleStopped), cell?.id);
    this.#native = native;
    this.#serial = native.serial();
    runFirst(this, native, plan);
  }

  /** Creates the isolate on a thread of the engine. @param cell - the process that it is made in, if not this one */
  async startAsync(cell?: CellProcess): Promise<void> {
    this.#cell = cell;
    const plan = this.#plan();
    const options = nativeOptions(this.options, plan, this.settleStopped);
    const native = await engine().createRuntimeAsync(this, options, cell?.id);
    this.#native = native;
    this.#serial = native.serial();
    await runFirstAsync(this, native, plan);
  }

  /** Creates the isolate in a process of its own, which ends with it. */
  async startAlone(): Promise<void> {
    const cell = await CellProcess.start({ maxMemory: besideHeap + this.options.maxHeapSize });
    try {
      await this.startAsync(cell);
    } catch (error) {
      cell.end('its runtime could not be made');
      throw error;
    }
    this.#ownCell = cell;
  }

  /** The process that ends with this runtime. */
  get ownCell(): CellProcess | undefined {
    return this.#ownCell;
  }

  get streams(): boolean {
    return this.#has.abilities.streams;
  }

  get webObjects(): WebObjects | undefined {
    if (!this.#has.web) return undefined;
    this.#webObjects ??= new WebObjects((fn) => this.hostFunctions.holds(fn), this.options.maxTransferBytes);
    return this.#webObjects;
  }

  /** The engine's half while the runtime may be used; undefined after `close`. */
  liveNative(): NativeRuntime | undefined {
    return this.#closed ? undefined : this.#native;
  }

  /** The engine's half also after `close`: its numbers are there as long as it is. */
  get lastNative(): NativeRuntime | undefined {
    return this.#native;
  }

  /** The engine's half; throws when the runtime is closed. */
  native(): NativeRuntime {
    const native = this.liveNative();
    if (!native) throw new RuntimeClosedError();
    return native;
  }

  /** Like `native`, for work that begins now: refused while draining unless the guest's own work asks for it. */
  nativeForNewWork(): NativeRuntime {
    const native = this.native();
    if (this.draining && currentCall()?.runtime !== this.runtime) {
      throw new RuntimeClosedError('The runtime is closing: it finishes pending calls and accepts no new ones.');
    }
    return native;
  }

  /** Calls guest function `functionId`. Allowed while draining: a handle may be part of the pending work. */
  call(functionId: number, args: unknown[]): unknown {
    const native = this.native();
    const { call } = engine();
    const start = ({ timeout, cpuTimeout }: Limits) =>
      this.calls.run(native, undefined, (id) =>
        callFunction(call, this.#serial, id, functionId, timeout, cpuTimeout, args),
      );
    const watch = this.#watching;
    return watch ? watch.call(functionId, this.options, start) : start(this.options);
  }

  callAsync(functionId: number, args: unknown[], call: CheckedFunctionCall): Promise<unknown> {
    const native = this.native();
    const start = (limits: Limits) =>
      this.calls.start(native, call.signal, (id) => {
        if (call.thisArg === undefined && call.transfer === undefined) {
          this.beginCall(id, functionId, args, limits);
        } else {
          native.callAsync(id, functionId, call.thisArg, args, limits.timeout, limits.cpuTimeout, call.transfer);
        }
      });
    const watch = this.#watching;
    return watch ? watch.callAsync(functionId, call, start) : start(call);
  }

  beginCall(callId: number, functionId: number, args: unknown[], { timeout, cpuTimeout }: Limits): void {
    callFunction(engine().callAsync, this.#serial, callId, functionId, timeout, cpuTimeout, args);
  }

  /** What takes part in a call that begins now. */
  get #watching(): HandleWatch | undefined {
    return this.handles.watch && !hasCallContext() ? this.handles.watch : undefined;
  }

  callHost(id: number, callId: number, args: unknown[]): unknown {
    const call = this.calls.of(callId);
    if (id === 0) return this.modules.answer(call, args);
    if (id !== webHostFunction) return this.hostFunctions.call(id, call, args);
    const host = this.#webHost();
    return answerGuest({ fn: (...given) => host.answer(call, given), mode: 'auto' }, call, args);
  }

  /** Ends the engine's half; true the first time. */
  close(): boolean {
    if (this.#closed) return false;
    this.#closed = true;
    this.#native?.close();
    this.#ownCell?.end('the runtime was closed');
    this.hostFunctions.clear();
    this.#web?.end();
    this.#webObjects?.outgoing.end();
    this.calls.forgetEnded();
    return true;
  }

  createError(record: ErrorRecord): Error {
    return fromRecord(record, this.#cell?.identity);
  }

  callStopped(callId: number, reason: unknown): void {
    this.hostFunctions.endStreamsOf(callId, reason);
    this.#web?.callStopped(callId, reason);
  }

  stats(): RuntimeStats {
    return Object.assign(this.native().stats(), {
      activeHostStreams: this.streams ? this.hostFunctions.openStreams : 0,
      ...this.streamCounters,
    });
  }

  async whenGone(): Promise<void> {
    await this.#native?.closeAsync();
    await this.#ownCell?.exited;
  }

  nativeState(): ReturnType<NativeRuntime['state']> {
    return this.#native?.state() ?? 'closed';
  }

  terminationReason(): string | null {
    return this.#native?.terminationReason() ?? null;
  }

  handleEvent(event: NativeEvent): void {
    this.#teller.handle(event);
  }

  /** Emits 'terminated' once: the first one to say so counts. @param error - for who still reads or writes a stream */
  announceTermination(reason: string, error: Error = new RuntimeTerminatedError(reason)): void {
    if (this.#terminationAnnounced) return;
    this.#terminationAnnounced = true;
    this.hostFunctions.endStreams(error);
    this.#web?.end(error);
    this.#webObjects?.outgoing.end();
    this.calls.forgetEnded();
    this.#teller.tell('terminated', reason);
  }

  #webHost(): WebHost {
    if (!this.#has.web) throw new TypeError('This runtime has no web APIs');
    const objects = this.webObjects as WebObjects;
    this.#web ??= new WebHost(this.#has.web, (fn) => this.hostFunctions.holds(fn), objects);
    return this.#web;
  }

  #plan(): StartPlan {
    const plan = planStart(this.options);
    this.#has = plan.has;
    return plan;
  }
}
