import { checkBoolean, checkMilliseconds, checkOptions } from '../options/check.ts';

/** Options of {@link Runtime.closeAsync}. */
export interface RuntimeCloseOptions {
  /** Wait for pending calls before closing; new ones are refused. Default `false`: pending calls are stopped. */
  drain?: boolean | undefined;
  /** Longest time to wait for pending calls, in milliseconds; then they are stopped. Default: no limit. */
  timeout?: number | undefined;
}

const names: ReadonlySet<string> = new Set(['drain', 'timeout']);

export function checkCloseOptions(options: unknown): { drain: boolean; timeout: number | undefined } {
  const given = checkOptions(options, names);
  return {
    drain: given.drain !== undefined && checkBoolean(given.drain, 'drain'),
    timeout: given.timeout === undefined ? undefined : checkMilliseconds(given.timeout, 'timeout'),
  };
}
