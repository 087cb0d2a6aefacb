/** What requests need of the guest's signals, whatever it has made of the global. Loaded when the first is asked for. */
import type { AbortSignal as Signal } from '../events/abort-signal.ts';

const signals = () => require('../events/abort-signal.ts') as typeof import('../events/abort-signal.ts');

export const isAbortSignal = (value: unknown): value is AbortSignal => signals().isSignal(value);

/** Aborts when one of these does. */
export const dependentSignal = (given: AbortSignal[]): AbortSignal =>
  signals().createDependentSignal(given as unknown as Signal[]) as unknown as AbortSignal;

/** Runs it once, before the listeners of the signal; answers what takes it back. */
export const onAbort = (signal: AbortSignal, run: () => void): (() => void) =>
  signals().addAlgorithm(signal as unknown as Signal, run);
