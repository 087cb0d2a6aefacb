/**
 * Timers of signals that end by themselves. A signal that nobody holds and nobody waits for is collected before its time,
 * and its timer goes with it.
 */
import { ops } from '../base/ops.ts';

const { deref } = WeakRef.prototype;
const { apply } = Reflect;

/** Made on first use: a snapshot can't hold one. */
let forgotten: FinalizationRegistry<number> | undefined;
const kept = new Set<object>();

/** Answers what has to be told whether somebody waits for the signal. */
export function startTimeout<T extends object>(
  signal: T,
  milliseconds: number,
  due: (signal: T) => void,
): (awaited: boolean) => void {
  const reference = new WeakRef(signal);
  forgotten ??= new FinalizationRegistry((id) => ops.guest.clearTimeout(id));
  // A longer one would count as none; it is beyond the life of any guest.
  const delay = Math.min(milliseconds, 2 ** 31 - 1);
  const id = ops.guest.setTimeout(() => {
    const there = apply(deref, reference, []) as T | undefined;
    if (!there) return;
    forgotten?.unregister(reference);
    kept.delete(there);
    due(there);
  }, delay);
  forgotten.register(signal, id, reference);
  // By the reference: what closures of one function share would hold the signal until its time.
  return (awaited) => {
    const there = apply(deref, reference, []) as T | undefined;
    if (there && awaited) kept.add(there);
    else if (there) kept.delete(there);
  };
}
