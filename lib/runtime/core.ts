import type { EventEmitter } from 'node:events';
import { RuntimeClosedError, RuntimeTerminatedError } from '../errors/limit-errors.ts';
import type { NativeEvent, NativeRuntime } from '../native.ts';
import type { CheckedCall, CheckedFunctionCall, Limits } from '../options/call-options.ts';
import { type CheckedRuntimeOptions, checkRuntimeOptions } from '../options/check-runtime-options.ts';
import { type Joined, joinAbilities, type Late, lateOnes } from './abilities.ts';
import { currentCall, hasCallContext } from './call-context.ts';
import { Calls } from './calls.ts';
import { engine, type HookedOwner } from './engine.ts';
import { type EventOwner, EventTeller, type RuntimeEvents } from './events.ts';
import { answerGuest, HostFunctions } from './host-functions.ts';
import { ModuleHooks } from './modules.ts';
import { nativeOptions } from './native-options.ts';
import { type AnsweringOwner, ownHooks } from './own-hooks.ts';
import type { SnapshotScript } from './replay.ts';
import { noContent, type SnapshotContent, snapshotContent } from './snapshot.ts';
import type { RuntimeStats } from './stats.ts';
import { StreamCounters } from './streams/counters.ts';
import { type HandleWatch, WatchedHandles } from './watched-handles.ts';
import { WebHost, webHostFunction } from './web-host.ts';

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
  readonly modules = new ModuleHooks();
  readonly handles = new WatchedHandles();
  /** What a stopped call has open still settles; set before it starts. */
  settleStopped = false;
  /** Set when the public Runtime exists. */
  runtime: EventEmitter<RuntimeEvents> | undefined;
  /** A drain is under way: nothing new begins. */
  draining = false;
  #has: Joined = { abilities: { maxTimers: 0, streams: false, web: false }, web: undefined };
  #native: NativeRuntime | undefined;
  #web: WebHost | undefined;
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

  /** Creates the isolate on this thread. */
  start(): void {
    const content = this.#resolveSnapshot();
    const late = lateOnes(this.#has.abilities, content.abilities);
    const native = engine().createRuntime(
      this,
      nativeOptions(this.options, this.#has, late, content, this.settleStopped),
    );
    this.#native = native;
    try {
      for (const script of content.replay?.scripts ?? []) this.load(script, true);
      this.#addLate(native, late);
      if (this.options.bootstrap) this.load(this.options.bootstrap);
    } catch (error) {
      native.close();
      throw error;
    }
  }

  /** Creates the isolate on a thread of the engine. */
  async startAsync(): Promise<void> {
    const content = this.#resolveSnapshot();
    const late = lateOnes(this.#has.abilities, content.abilities);
    const native = await engine().createRuntimeAsync(
      this,
      nativeOptions(this.options, this.#has, late, content, this.settleStopped),
    );
    this.#native = native;
    try {
      for (const script of content.replay?.scripts ?? []) await this.loadAsync(script, true);
      await this.#addLateAsync(native, late);
      if (this.options.bootstrap) await this.loadAsync(this.options.bootstrap);
    } catch (error) {
      native.close();
      throw error;
    }
  }

  get streams(): boolean {
    return this.#has.abilities.streams;
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

  eval(code: string, call: CheckedCall & { filename: string }): unknown {
    const native = this.nativeForNewWork();
    return this.calls.run(native, call.signal, (id) =>
      native.eval(id, code, call.filename, call.timeout, call.cpuTimeout),
    );
  }

  evalAsync(code: string, call: CheckedCall & { filename: string }): Promise<unknown> {
    const native = this.nativeForNewWork();
    return this.calls.start(native, call.signal, (id) =>
      native.evalAsync(id, code, call.filename, call.timeout, call.cpuTimeout),
    );
  }

  evalWrappedAsync(wrapperId: number, args: unknown[], code: string, call: CheckedCall & { filename: string }) {
    const native = this.nativeForNewWork();
    return this.calls.start(native, call.signal, (id) =>
      native.evalWrappedAsync(id, code, call.filename, call.timeout, call.cpuTimeout, wrapperId, args),
    );
  }

  /** Evaluates a script for its effects, under the runtime's limits: its value might not even cross. */
  /**
   * Runs a script before anybody has the runtime. As a call like any other: a script that never comes back costs its limit
   * and its isolate, not the thread that waits.
   */
  load({ code, filename }: SnapshotScript, ofSnapshot = false): void {
    const native = this.native();
    const { timeout, cpuTimeout } = this.options;
    this.calls.run(native, undefined, (id) => native.load(id, code, filename, timeout, cpuTimeout, ofSnapshot));
  }

  async loadAsync({ code, filename }: SnapshotScript, ofSnapshot = false): Promise<void> {
    const native = this.native();
    const { timeout, cpuTimeout } = this.options;
    await this.calls.start(native, undefined, (id) =>
      native.loadAsync(id, code, filename, timeout, cpuTimeout, ofSnapshot),
    );
  }

  /** Keeps the compiled code of a script that has run here, with what was called of it, for the next runtime. */
  keepCode({ code, filename }: SnapshotScript): void {
    const native = this.native();
    this.calls.run(native, undefined, (id) => native.keepCode(id, code, filename, false));
  }

  async keepCodeAsync({ code, filename }: SnapshotScript, module = false): Promise<void> {
    const native = this.native();
    await this.calls.start(native, undefined, (id) => native.keepCodeAsync(id, code, filename, module));
  }

  /**
   * Resolves when the turn that answered the last call is over. A call is answered in the middle of its turn: what the
   * turn reports at its end comes after the answer, and before the answer to a call queued behind it.
   */
  async turnEnded(): Promise<void> {
    if (this.closed) return;
    // Stopped or closed meanwhile: nothing more will be reported.
    await this.loadAsync({ code: '', filename: '<drain>' }).catch(() => undefined);
  }

  evalModule(specifier: string, call: CheckedCall): unknown {
    const native = this.nativeForNewWork();
    return this.calls.run(native, call.signal, (id) => native.evalModule(id, specifier, call.timeout, call.cpuTimeout));
  }

  evalModuleAsync(specifier: string, call: CheckedCall): Promise<unknown> {
    const native = this.nativeForNewWork();
    return this.calls.start(native, call.signal, (id) =>
      native.evalModuleAsync(id, specifier, call.timeout, call.cpuTimeout),
    );
  }

  /** Calls guest function `functionId`. Allowed while draining: a handle may be part of the pending work. */
  call(functionId: number, thisArg: unknown, args: unknown[]): unknown {
    const native = this.native();
    const start = ({ timeout, cpuTimeout }: Limits) =>
      this.calls.run(native, undefined, (id) => native.call(id, functionId, thisArg, args, timeout, cpuTimeout));
    const watch = this.#watching;
    return watch ? watch.call(functionId, this.options, start) : start(this.options);
  }

  callAsync(functionId: number, args: unknown[], call: CheckedFunctionCall): Promise<unknown> {
    const native = this.native();
    const start = ({ timeout, cpuTimeout }: Limits) =>
      this.calls.start(native, call.signal, (id) =>
        native.callAsync(id, functionId, call.thisArg, args, timeout, cpuTimeout, call.transfer),
      );
    const watch = this.#watching;
    return watch ? watch.callAsync(functionId, call, start) : start(call);
  }

  /** Who takes part in a call that begins now. */
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
    this.hostFunctions.clear();
    this.#web?.end();
    this.calls.forgetEnded();
    return true;
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

  whenGone(): Promise<void> {
    return this.#native?.closeAsync() ?? Promise.resolve();
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

  /** Emits 'terminated' once, whoever says so first. */
  announceTermination(reason: string): void {
    if (this.#terminationAnnounced) return;
    this.#terminationAnnounced = true;
    this.hostFunctions.endStreams(new RuntimeTerminatedError(reason));
    this.#web?.end(new RuntimeTerminatedError(reason));
    this.calls.forgetEnded();
    this.#teller.tell('terminated', reason);
  }

  #webHost(): WebHost {
    if (!this.#has.web) throw new TypeError('This runtime has no web APIs');
    this.#web ??= new WebHost(this.#has.web, (fn) => this.hostFunctions.holds(fn));
    return this.#web;
  }

  #resolveSnapshot(): SnapshotContent {
    const { snapshot, maxTimers, streams, web } = this.options;
    const content = snapshot === undefined ? noContent : snapshotContent(snapshot);
    this.#has = joinAbilities({ maxTimers, streams, web }, content.abilities);
    return content;
  }

  /** Code of a snapshot may have changed anything that streams are made of: a call with its limits. */
  #addLate(native: NativeRuntime, { lateTimers, lateStreams, lateWeb }: Late): void {
    if (!lateTimers && !lateStreams && !lateWeb) return;
    const { timeout, cpuTimeout } = this.options;
    this.calls.run(native, undefined, (id) => native.addLate(id, timeout, cpuTimeout));
  }

  async #addLateAsync(native: NativeRuntime, { lateTimers, lateStreams, lateWeb }: Late): Promise<void> {
    if (!lateTimers && !lateStreams && !lateWeb) return;
    const { timeout, cpuTimeout } = this.options;
    await this.calls.start(native, undefined, (id) => native.addLateAsync(id, timeout, cpuTimeout));
  }
}
