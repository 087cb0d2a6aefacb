import { checkOneOf } from '../../options/check.ts';
import { checkInvokeOptions, type InvokeOptions, invokeNames } from './invoke-options.ts';

/** Options of one invocation by a request, see `RuntimePool.fetch`. */
export interface FetchOptions extends Omit<InvokeOptions, 'method'> {
  /**
   * What `timeout` limits: the answer with its body, or the time to its headers; then the body has `streamTimeout`. Default
   * `'answer'`.
   */
  timeoutCovers?: 'answer' | 'headers' | undefined;
}

export const fetchNames: ReadonlySet<string> = new Set([
  ...[...invokeNames].filter((name) => name !== 'method'),
  'timeoutCovers',
]);

/** @throws {TypeError} or {RangeError} with code `ERR_ISOLET_INVALID_ARG` */
export function checkFetchOptions(options: FetchOptions): FetchOptions {
  const given = checkInvokeOptions(options, fetchNames) as FetchOptions;
  if (given.timeoutCovers !== undefined) checkOneOf(given.timeoutCovers, 'timeoutCovers', ['answer', 'headers']);
  return given;
}
