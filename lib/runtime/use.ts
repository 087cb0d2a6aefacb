import { coreOf, type Runtime } from './runtime.ts';

const CPU_MS = 0;
const BUSY_MS = 1;
const HEAP_BYTES = 2;

// One for all: it is filled and read in one go.
const numbers = new Float64Array(3);

/**
 * What the runtime has used so far: the three numbers of `getStats()` that who meters every call needs, at a small part
 * of its price. `heapUsed` is as of the last answer or at most 10 ms before it. Undefined if the runtime is closed.
 */
export function readUse(runtime: Runtime): { cpuMs: number; busyMs: number; heapUsed: number } | undefined {
  const native = coreOf(runtime).liveNative();
  if (!native) return undefined;
  native.use(numbers);
  return {
    cpuMs: numbers[CPU_MS] as number,
    busyMs: numbers[BUSY_MS] as number,
    heapUsed: numbers[HEAP_BYTES] as number,
  };
}
