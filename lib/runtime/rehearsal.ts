import { TimeoutError } from '../errors/limit-errors.ts';
import type { NativeSnapshotOptions } from '../native.ts';
import type { RuntimeOptions } from '../options/runtime-options.ts';
import type { Joined } from './abilities.ts';
import type { SnapshotScript } from './replay.ts';
import { coreOf, Runtime } from './runtime.ts';

/**
 * Runs the scripts of a recorded snapshot once, in a runtime that is thrown away, so that a script that fails does so
 * when the snapshot is built and not in the runtimes that start from it. Its compiled code is kept, with what the
 * warm-up called: the replays find it in the code cache.
 */
export function rehearse(options: NativeSnapshotOptions, has: Joined): SnapshotScript[] {
  const runtime = new Runtime(runtimeOptions(options, has));
  try {
    for (const script of rehearsed(options)) coreOf(runtime).programs.load(script, true);
    for (const script of options.scripts) coreOf(runtime).programs.keepCode(script);
  } finally {
    runtime.close();
  }
  return options.scripts;
}

/** Like `rehearse`, off the event loop. */
export async function rehearseAsync(options: NativeSnapshotOptions, has: Joined): Promise<SnapshotScript[]> {
  const runtime = await Runtime.create(runtimeOptions(options, has));
  try {
    for (const script of rehearsed(options)) await coreOf(runtime).programs.loadAsync(script, true);
    for (const script of options.scripts) await coreOf(runtime).programs.keepCodeAsync(script);
  } catch (error) {
    // What is out of time may be in a routine of V8 that does not end: nobody waits for that.
    if (error instanceof TimeoutError) runtime.close();
    else await runtime.closeAsync();
    throw error;
  }
  await runtime.closeAsync();
  return options.scripts;
}

function runtimeOptions({ maxHeapSize, timeout }: NativeSnapshotOptions, { abilities, web }: Joined): RuntimeOptions {
  const { maxTimers, streams } = abilities;
  return { name: 'snapshot rehearsal', maxHeapSize, ...(timeout > 0 ? { timeout } : {}), maxTimers, streams, web };
}

function rehearsed({ scripts, warmup }: NativeSnapshotOptions): SnapshotScript[] {
  return [...scripts, ...warmup];
}
