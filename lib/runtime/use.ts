import { coreOf, type Runtime } from './runtime.ts';

const CPU_MS = 0;
const BUSY_MS = 1;
const HEAP_BYTES = 2;
const PROMISES = 3;

// One for all: it is filled and read in one go.
const numbers = new Float64Array(4);

export interface RuntimeUse {
  cpuMs: number;
  /** Time on a thread. */
  busyMs: number;
  /** Bytes, as of the last answer or at most 10 ms before it. */
  heapUsed: number;
  /** Promises of the guest that have arrived so far. */
  promises: number;
}

/**
 * What the runtime has used so far: the numbers of `getStats()` that who meters every call needs, at a small part
 * of its price. After the runtime was closed, what it used in all.
 */
export function readUse(runtime: Runtime): RuntimeUse {
  coreOf(runtime).lastNative?.use(numbers);
  return {
    cpuMs: numbers[CPU_MS] as number,
    busyMs: numbers[BUSY_MS] as number,
    heapUsed: numbers[HEAP_BYTES] as number,
    promises: numbers[PROMISES] as number,
  };
}

/**
 * Resolves when what a call that was stopped has used is counted. Such a call is answered as soon as it is told to stop;
 * its time is counted when it has. After `patience` ms nobody waits for it any more.
 */
export async function useCounted(runtime: Runtime, patience: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, patience);
  });
  await Promise.race([coreOf(runtime).programs.turnEnded(), enough]);
  clearTimeout(timer);
}

/** Resolves when nothing runs in the runtime: what its calls wait for is elsewhere. */
export function whenBetweenTurns(runtime: Runtime): Promise<void> {
  return coreOf(runtime).programs.turnEnded();
}
