/** AbortSignal (https://dom.spec.whatwg.org/#interface-abortsignal). For AbortController and the platform: `abort` & co. */
import { Kind, type ListenToAbort, type TellAbort } from '../../../shared/web/parts.ts';
import { registerCrossing } from '../base/crossing.ts';
import { DOMException } from '../base/dom-exception.ts';
import {
  defineInterface,
  internal,
  requireArguments,
  requireInternal,
  toInterface,
  toSequence,
  toUnsignedLongLong,
} from '../base/webidl.ts';
import { Dependents } from './dependents.ts';
import { trustedEvent } from './event.ts';
import { dispatch, EventTarget, listenersOf, useSignals } from './event-target.ts';
import { defineHandler } from './handlers.ts';
import { startTimeout } from './timeouts.ts';

type Algorithm = () => void;

let fields: (signal: AbortSignal) => Fields;
export let isSignal: (value: unknown) => value is AbortSignal;

/** What a signal has beside its listeners. */
class Fields {
  aborted = false;
  reason: unknown = undefined;
  /** Made when the first comes: most signals have none. */
  algorithms: Set<Algorithm> | undefined;
  /** Of a signal that depends on others: those that don't. */
  sources: AbortSignal[] | undefined;
  /** Signals that depend on this one. */
  dependents: Dependents<AbortSignal> | undefined;
  /** Told when somebody begins or ceases to wait for the signal. */
  watch: ((awaited: boolean) => void) | undefined;
  listened = false;

  get awaited(): boolean {
    return this.listened || (this.algorithms !== undefined && this.algorithms.size > 0);
  }
}

export class AbortSignal extends EventTarget {
  readonly #fields = new Fields();

  constructor(token?: unknown) {
    requireInternal(token);
    super();
  }

  static abort(reason: unknown = undefined): AbortSignal {
    const signal = createSignal();
    const own = signal.#fields;
    own.aborted = true;
    own.reason = reason === undefined ? abortError() : reason;
    return signal;
  }

  static timeout(milliseconds: unknown): AbortSignal {
    requireArguments(arguments.length, 1, 'AbortSignal.timeout');
    const delay = toUnsignedLongLong(milliseconds, 'The delay of AbortSignal.timeout', { enforceRange: true });
    const signal = createSignal();
    signal.#fields.watch = startTimeout(signal, delay, (it) => {
      abort(it, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
    });
    watchListeners(signal);
    return signal;
  }

  static any(signals: unknown): AbortSignal {
    requireArguments(arguments.length, 1, 'AbortSignal.any');
    const what = 'The argument of AbortSignal.any';
    return createDependentSignal(
      toSequence(signals, (it, name) => toInterface(it, isSignal, 'AbortSignal', name), what),
    );
  }

  get aborted(): boolean {
    return this.#fields.aborted;
  }

  get reason(): unknown {
    return this.#fields.reason;
  }

  throwIfAborted(): void {
    if (this.#fields.aborted) throw this.#fields.reason;
  }

  static {
    fields = (signal) => signal.#fields;
    isSignal = (value): value is AbortSignal => typeof value === 'object' && value !== null && #fields in value;
  }
}

const abortError = () => new DOMException('The operation was aborted', 'AbortError');

export function createSignal(): AbortSignal {
  return new AbortSignal(internal);
}

/** A signal that is aborted when one of `signals` is. Neither keeps the other alive, unless somebody waits for it. */
export function createDependentSignal(signals: readonly AbortSignal[]): AbortSignal {
  const result = createSignal();
  const own = fields(result);
  for (let i = 0; i < signals.length; i++) {
    const given = fields(signals[i] as AbortSignal);
    if (!given.aborted) continue;
    own.aborted = true;
    own.reason = given.reason;
    return result;
  }
  const sources = new Set<AbortSignal>();
  for (let i = 0; i < signals.length; i++) {
    const signal = signals[i] as AbortSignal;
    const further = fields(signal).sources;
    if (further) for (let j = 0; j < further.length; j++) sources.add(further[j] as AbortSignal);
    else sources.add(signal);
  }
  own.sources = [...sources];
  for (const source of own.sources) {
    const its = fields(source);
    its.dependents ??= new Dependents();
    its.dependents.add(result);
  }
  own.watch = (awaited) => {
    for (const source of own.sources ?? []) fields(source).dependents?.keep(result, awaited);
  };
  watchListeners(result);
  return result;
}

/** A signal that the platform aborts; `watch` hears whether somebody waits for it. */
export function createWatchedSignal(watch: (signal: AbortSignal, awaited: boolean) => void): AbortSignal {
  const signal = createSignal();
  fields(signal).watch = (awaited) => watch(signal, awaited);
  watchListeners(signal);
  return signal;
}

function watchListeners(signal: AbortSignal): void {
  const own = fields(signal);
  listenersOf(signal).watch = (type, some) => {
    if (type !== 'abort') return;
    const before = own.awaited;
    own.listened = some;
    if (own.awaited !== before) own.watch?.(own.awaited);
  };
}

/** Aborts it, and what depends on it: first all have their reason, then all are told. */
export function abort(signal: AbortSignal, reason: unknown = undefined): void {
  const own = fields(signal);
  if (own.aborted) return;
  own.aborted = true;
  own.reason = reason === undefined ? abortError() : reason;
  const told = [signal];
  for (const dependent of own.dependents?.take() ?? []) {
    const its = fields(dependent);
    if (its.aborted) continue;
    its.aborted = true;
    its.reason = own.reason;
    told.push(dependent);
  }
  for (let i = 0; i < told.length; i++) tell(told[i] as AbortSignal);
}

function tell(signal: AbortSignal): void {
  const own = fields(signal);
  const algorithms = own.algorithms ? [...own.algorithms] : [];
  own.algorithms = undefined;
  for (let i = 0; i < algorithms.length; i++) (algorithms[i] as Algorithm)();
  dispatch(signal, trustedEvent('abort'));
  own.watch?.(false);
  own.watch = undefined;
  for (const source of own.sources ?? []) fields(source).dependents?.remove(signal);
  own.sources = undefined;
}

/** Calls `algorithm` once when the signal is aborted, before its event; never if it is already. Answers what takes it back. */
export function addAlgorithm(signal: AbortSignal, algorithm: Algorithm): () => void {
  const own = fields(signal);
  if (own.aborted) return () => {};
  const before = own.awaited;
  own.algorithms ??= new Set();
  own.algorithms.add(algorithm);
  if (!before) own.watch?.(true);
  return () => {
    if (own.algorithms?.delete(algorithm) && !own.awaited) own.watch?.(false);
  };
}

defineInterface(AbortSignal, {
  name: 'AbortSignal',
  members: ['aborted', 'reason', 'throwIfAborted'],
  statics: ['abort', 'timeout', 'any'],
  lengths: { constructor: 0, abort: 0, timeout: 1, any: 1 },
});
defineHandler(AbortSignal.prototype, 'abort');

const { then } = Promise.prototype;

/** The host hears of it even if it can't hear the reason. */
function tellHost(tell: TellAbort, reason: unknown): void {
  const giveUp = () => {};
  const again = () => {
    Reflect.apply(then, tell(undefined), [giveUp, giveUp]);
  };
  try {
    Reflect.apply(then, tell(reason), [giveUp, again]);
  } catch {
    again();
  }
}

registerCrossing(isSignal, (signal) => {
  const own = fields(signal);
  if (own.aborted) return [Kind.abortSignal, true, own.reason];
  const listen: ListenToAbort = (tell, others) => {
    if (own.aborted) tellHost(tell, own.reason);
    else addAlgorithm(signal, () => tellHost(tell, own.reason));
    if (others) for (let i = 0; i < others.length; i += 2) (others[i] as ListenToAbort)(others[i + 1] as TellAbort);
  };
  return [Kind.abortSignal, false, undefined, listen];
});

useSignals({
  is: isSignal,
  isAborted: (signal) => fields(signal as AbortSignal).aborted,
  add: (signal, algorithm) => addAlgorithm(signal as AbortSignal, algorithm),
});
