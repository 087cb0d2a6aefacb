import type { Place } from '../cells/place.ts';
import { keepHandlerCode, wantsCode } from '../code/handler.ts';
import { type JsFunction, type Runtime, watchHandles } from '../engine.ts';
import type { ResolvedFunction } from '../function/resolved-function.ts';
import type { EvictReason } from '../report/evict-reason.ts';
import type { Invocation } from '../report/invocation.ts';
import type { UseMeter } from '../report/use-meter.ts';
import { HandedOut, type HandedOutHooks } from './handed-out.ts';
import type { Serving } from './serving.ts';
import { Charge } from './thread-charge.ts';

/** What a runtime tells of what it has handed out. */
export interface EntryHooks {
  onHandedOut: HandedOutHooks['onCall'];
  onStopped(entry: PoolEntry, why: EvictReason): void;
  onUnpinned(entry: PoolEntry): void;
}

/** One runtime with the function loaded into it. */
export class PoolEntry implements Serving {
  readonly id: number;
  readonly fn: ResolvedFunction;
  /** Where the runtime is. */
  readonly place: Place;
  readonly runtime: Runtime;
  readonly handler: JsFunction;
  /** Of the object with its handlers, if there is one. */
  readonly methods: readonly string[] | undefined;
  /** How its code came to be there. */
  readonly load: Invocation;
  readonly createdAt: number;
  readonly readyAt: number;
  readonly running: Set<Invocation>;
  readonly meter: UseMeter;
  readonly handedOut: HandedOut;
  /** What the handler was made with. Of no more use; but to let go of it the guest would need a turn. */
  readonly wrapper: JsFunction;
  readonly #maxAge: number;
  /** Set once it takes no further invocation. */
  retiring: EvictReason | undefined;
  active = 0;
  served = 0;
  /** What its invocations count in its tenant's books. */
  readonly charge = new Charge();
  /** Since when that is so. */
  countedAt = 0;
  /** Whether the runtime was asked to say when it is between two turns. */
  asked = false;
  /** Closed or being closed. */
  gone = false;

  constructor(init: {
    id: number;
    fn: ResolvedFunction;
    place: Place;
    runtime: Runtime;
    handler: JsFunction;
    methods: readonly string[] | undefined;
    load: Invocation;
    wrapper: JsFunction;
    createdAt: number;
    maxAge: number;
    running: Set<Invocation>;
    meter: UseMeter;
    /** Of a call that says nothing else, in ms. */
    defaultTimeout: number;
    hooks: EntryHooks;
  }) {
    this.id = init.id;
    this.fn = init.fn;
    this.place = init.place;
    this.runtime = init.runtime;
    this.handler = init.handler;
    this.methods = init.methods;
    this.load = init.load;
    this.wrapper = init.wrapper;
    this.createdAt = init.createdAt;
    this.readyAt = performance.now();
    this.running = init.running;
    this.meter = init.meter;
    this.#maxAge = init.maxAge;
    const { onHandedOut, onStopped, onUnpinned } = init.hooks;
    this.handedOut = new HandedOut(this, init.defaultTimeout, {
      onCall: onHandedOut,
      onStopped: () => onStopped(this, 'timeout'),
      onUnpinned: () => onUnpinned(this),
    });
    watchHandles(this.runtime, this.handedOut);
  }

  get loadMs(): number {
    return this.readyAt - this.createdAt;
  }

  /** Time on a thread since the last answer, in ms, in the turns that are over. */
  get busyMs(): number {
    return this.meter.busyMs;
  }

  get canServe(): boolean {
    return (
      this.retiring === undefined && this.active < this.fn.concurrencyPerRuntime && this.served < this.fn.maxInvocations
    );
  }

  /** Why it should not be used any more, if so. */
  lossReason(now: number): EvictReason | undefined {
    if (this.retiring !== undefined) return this.retiring;
    // What was made for somebody who waits serves him, wherever that was: otherwise a place that lasts a moment serves nobody.
    if (this.place.leaving !== undefined && (this.served > 0 || this.runtime.closed)) return this.place.leaving;
    if (this.runtime.closed) return 'terminated';
    if (now - this.readyAt > this.#maxAge) return 'age';
    if (this.served >= this.fn.maxInvocations) return 'invocations';
    return undefined;
  }

  /** What can wait until the first invocation was answered. Somebody who closes the runtime then must find the code kept. */
  async afterFirst(): Promise<void> {
    if (!wantsCode(this.fn)) return;
    this.meter.putAside();
    await keepHandlerCode(this.runtime, this.fn);
    // What the engine needs for itself is charged to nobody.
    if (this.running.size === 0) this.meter.takeSince();
  }
}
