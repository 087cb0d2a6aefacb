/**
 * Signals of the host's. The host tells of all of them through one function, which it gets when the first arrives, and
 * listens to a signal as long as the guest has the token that came with it.
 */
import type { HostSignalParts } from '../../../shared/web/parts.ts';
import { ops } from '../base/ops.ts';
import { type AbortSignal, abort, createSignal, createWatchedSignal } from './abort-signal.ts';

const { deref } = WeakRef.prototype;
const { apply } = Reflect;

/** Made on first use: a snapshot can't hold a WeakRef. */
const known = new Map<number, WeakRef<AbortSignal>>();
const tokens = new WeakMap<AbortSignal, unknown>();
/** Somebody waits for these: they stay, whoever drops them. */
const kept = new Set<AbortSignal>();
let sweepAt = 32;
/** The run of guest code in which the host was asked to tell; -1: it has heard. */
let asked = 0;

const signalOf = (id: number): AbortSignal | undefined => {
  const reference = known.get(id);
  return reference && (apply(deref, reference, []) as AbortSignal | undefined);
};

export function importSignal([aborted, reason, id = 0, token]: HostSignalParts): AbortSignal {
  if (aborted) {
    const signal = createSignal();
    abort(signal, reason);
    return signal;
  }
  const there = signalOf(id);
  if (there) return there;
  const signal = createWatchedSignal((it, awaited) => {
    if (awaited) kept.add(it);
    else kept.delete(it);
  });
  tokens.set(signal, token);
  if (known.size >= sweepAt) sweep();
  known.set(id, new WeakRef(signal));
  hear();
  return signal;
}

/** Asks the host to tell. A call that was stopped may have taken the question with it: then again. */
function hear(): void {
  const frame = ops.guest.frame();
  if (asked === -1 || asked === frame) return;
  asked = frame;
  ops.host.call('hearAborts', onAbort).then(
    () => {
      asked = -1;
    },
    () => {},
  );
}

function onAbort(id: number, reason: unknown): void {
  const signal = signalOf(id);
  known.delete(id);
  if (signal) abort(signal, reason);
}

function sweep(): void {
  for (const [id, reference] of known) if (apply(deref, reference, []) === undefined) known.delete(id);
  sweepAt = Math.max(32, known.size * 2);
}
