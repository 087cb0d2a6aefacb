import { engine } from './engine.ts';

/** A call begins within a moment: has a thread of the engine awake for it. */
export const wakeThread = (): void => engine().wakeThread();
