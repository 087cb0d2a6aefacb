/** Everything the pool takes from the layer below, so that its files need not know where that lives. */
export type { Limits } from '../options/call-options.ts';
export type { RuntimeOptions } from '../options/runtime-options.ts';
export { Aborter, whenAborted } from '../runtime/abort.ts';
export { captureScope } from '../runtime/async-scope.ts';
export { type CurrentCall, callersNow, callOfEvent, currentCall, withCallContext } from '../runtime/call-context.ts';
export { handleId, watchHandles } from '../runtime/handle-watch.ts';
export type { JsFunction } from '../runtime/js-function.ts';
export { keepCode } from '../runtime/keep-code.ts';
export { createShared, type LeavableCall, startLeavable } from '../runtime/leavable.ts';
export { rename } from '../runtime/rename.ts';
export { Runtime } from '../runtime/runtime.ts';
export { guestSource } from '../runtime/streams/import-stream.ts';
export { turnEnded } from '../runtime/turn-ended.ts';
export { readUse, useCounted, whenBetweenTurns } from '../runtime/use.ts';
export { wakeThread } from '../runtime/wake-thread.ts';
export type { HandleWatch } from '../runtime/watched-handles.ts';
export { webPart } from '../runtime/web/part.ts';
export { evalWrapped } from '../runtime/wrapped.ts';
