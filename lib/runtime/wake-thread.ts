import { engine } from './engine.ts';
import { coreOf, type Runtime } from './runtime.ts';

/** A call of this runtime begins within a moment: has a thread of the engine awake for it. */
export function wakeThread(runtime: Runtime): void {
  const native = coreOf(runtime).liveNative();
  if (native) engine().wakeThread(native);
}
