/** Everything the pool takes from the layer below, so that its files need not know where that lives. */
export type { RuntimeOptions } from '../options/runtime-options.ts';
export { type CurrentCall, currentCall, withCallContext } from '../runtime/call-context.ts';
export type { JsFunction } from '../runtime/js-function.ts';
export { keepCode } from '../runtime/keep-code.ts';
export { rename } from '../runtime/rename.ts';
export { Runtime } from '../runtime/runtime.ts';
export { readUse } from '../runtime/use.ts';
export { evalWrapped } from '../runtime/wrapped.ts';
