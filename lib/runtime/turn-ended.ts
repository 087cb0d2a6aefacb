import { coreOf, type Runtime } from './runtime.ts';

/** Resolves when the turn that answered a call of the runtime is over, and everything it reports at its end is known. */
export const turnEnded = (runtime: Runtime): Promise<void> => coreOf(runtime).programs.turnEnded();
