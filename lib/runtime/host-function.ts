import type { HostCallMode } from '../native.ts';
import { dataProperty } from '../shared/own.ts';

/** Any function of the host that a guest may call. */
// biome-ignore lint/suspicious/noExplicitAny: parameters are checked by the function itself, the guest passes anything
export type HostFunction = (...args: any[]) => unknown;

interface Bound {
  readonly fn: HostFunction;
  readonly mode: HostCallMode;
}

/** A function bound with a mode of its own, and the function it stands for. */
const bound = new WeakMap<HostFunction, Bound>();

/** The function that a stand-in stands for, and its mode; undefined for any other. */
export const boundAs = (fn: HostFunction): Bound | undefined => bound.get(fn);

/** Told once no guest has the function any more. */
const gone = new WeakMap<HostFunction, () => void>();

export function whenGone(fn: HostFunction, told: () => void): void {
  gone.set(fn, told);
}

export const tellGone = (fn: HostFunction): void => gone.get(fn)?.();

/** A stand-in for `fn` that crosses with `mode`. */
export function withMode(fn: HostFunction, mode: HostCallMode): HostFunction {
  const standIn: HostFunction = (...args) => fn(...args);
  Object.defineProperty(standIn, 'name', dataProperty(fn.name));
  Object.defineProperty(standIn, 'length', dataProperty(fn.length));
  bound.set(standIn, { fn, mode });
  return standIn;
}
