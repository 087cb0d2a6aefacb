import { checkBoolean, checkOptions, checkPatience } from '../../options/check.ts';

/** Options of `RuntimePool.close` and `ServerlessRuntime.cleanup`. */
export interface CloseOptions {
  /** Let what runs and waits finish. Default true. */
  drain?: boolean | undefined;
  /** How long, in ms, before the rest is stopped. Default 10000. */
  timeout?: number | undefined;
}

const names: ReadonlySet<string> = new Set(['drain', 'timeout']);

/** How long, in ms, what was accepted may go on. @throws what `checkOptions` does, before anything is closed. */
export function patienceOf(options: CloseOptions): number {
  const { drain, timeout } = checkOptions(options, names);
  if (drain !== undefined) checkBoolean(drain, 'drain');
  const patience = timeout === undefined ? 10_000 : checkPatience(timeout, 'timeout');
  return drain === false ? 0 : patience;
}
