import { checkEvalOptions, type EvalOptions } from '../options/call-options.ts';
import { handleOf, type JsFunction } from './js-function.ts';

/**
 * Evaluates a script inside a wrapper, in one turn of the guest: `wrapper(...args)` returns a function, the script is
 * evaluated, and the function is called with its value. Resolves with what that returns.
 */
export function evalWrapped(
  wrapper: JsFunction,
  args: unknown[],
  code: string,
  options: EvalOptions,
): Promise<unknown> {
  const handle = handleOf(wrapper);
  if (!handle) throw new TypeError('evalWrapped: not a JsFunction');
  const { owner, id } = handle;
  return owner.programs.evalWrappedAsync(id, args, code, checkEvalOptions(options, owner.limits));
}
