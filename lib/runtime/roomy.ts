import type { RuntimeOptions } from '../options/runtime-options.ts';
import { RuntimeCore } from './core.ts';
import { type Runtime, runtimeOf } from './runtime.ts';

/**
 * A runtime for work that makes much and needs nearly all of it to its end. V8 looks for objects that have died whenever
 * those that are new fill `youngHeapSize`, a part of the heap's limit, and copies all others; by itself it gives them
 * next to nothing.
 */
export async function createRoomy(options: RuntimeOptions, youngHeapSize: number): Promise<Runtime> {
  const core = new RuntimeCore(options);
  core.options.youngHeapSize = youngHeapSize;
  await core.startAsync();
  return runtimeOf(core);
}
