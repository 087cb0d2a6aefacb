import { checkMilliseconds, checkName, checkOptions, checkSignal } from '../../options/check.ts';

/** Options of one invocation. */
export interface InvokeOptions {
  /** Wall-clock limit in ms; the smaller of this and the function's own holds. */
  timeout?: number | undefined;
  /** Processor-time limit in ms; the smaller of this and the function's own holds. */
  cpuTimeout?: number | undefined;
  /** Longest wait for a runtime in ms. Default: the pool's `queueTimeout`. */
  queueTimeout?: number | undefined;
  /**
   * Ends the invocation, waiting or running. It rejects with an error of its own that has the class, name and message of
   * the signal's reason, and the reason as its `cause`; with an `AbortError` if the reason is no error.
   */
  signal?: AbortSignal | undefined;
  /** Default: a random UUID. */
  invocationId?: string | undefined;
  /**
   * Call this method of the object that the function's code exports, as `method(event, env, ctx)`. Default: call the
   * function itself, as `function (event, context)`.
   */
  method?: string | undefined;
  /** Answer a `DetailedResult` instead of the bare value. Default false. */
  detailed?: boolean | undefined;
}

const times = ['timeout', 'cpuTimeout', 'queueTimeout'] as const;
export const invokeNames: ReadonlySet<string> = new Set([...times, 'signal', 'invocationId', 'method', 'detailed']);

/** @throws {TypeError} or {RangeError} with code `ERR_ISOLET_INVALID_ARG` */
export function checkInvokeOptions(options: InvokeOptions, names = invokeNames): InvokeOptions {
  const given = checkOptions(options, names) as InvokeOptions;
  for (const name of times) if (given[name] !== undefined) checkMilliseconds(given[name], name);
  if (given.signal !== undefined) checkSignal(given.signal);
  if (given.invocationId !== undefined) checkName(given.invocationId, 'invocationId');
  if (given.method !== undefined) checkName(given.method, 'method');
  return given;
}
