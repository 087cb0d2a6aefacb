import type { NativeRuntime } from '../native.ts';
import type { CheckedRuntimeOptions } from '../options/check-runtime-options.ts';
import { type Joined, joinAbilities, type Late, lateOnes } from './abilities.ts';
import type { Calls } from './calls.ts';
import type { Programs } from './programs.ts';
import { noContent, type SnapshotContent, snapshotContent } from './snapshot.ts';

/** What a guest is made of beside its options. */
export interface StartPlan {
  readonly content: SnapshotContent;
  /** What the guest has when it is made. */
  readonly has: Joined;
  /** Of that, what the scripts of its snapshot must not find. */
  readonly late: Late;
}

/** Reads the snapshot. @throws what is wrong with it, or between it and the options. */
export function planStart({ snapshot, maxTimers, streams, web }: CheckedRuntimeOptions): StartPlan {
  const content = snapshot === undefined ? noContent : snapshotContent(snapshot);
  const has = joinAbilities({ maxTimers, streams, web }, content.abilities);
  return { content, has, late: lateOnes(has.abilities, content.abilities) };
}

/** What starting a guest needs of the private half of its runtime (core.ts). */
export interface Starting {
  readonly options: CheckedRuntimeOptions;
  readonly calls: Calls;
  readonly programs: Programs;
}

/** What runs in a new guest before anybody has it: scripts of a replayed snapshot, what is late, the bootstrap script. */
export function runFirst({ options, calls, programs }: Starting, native: NativeRuntime, plan: StartPlan): void {
  const { timeout, cpuTimeout, bootstrap } = options;
  try {
    for (const script of plan.content.replay?.scripts ?? []) programs.load(script, true);
    // Code of a snapshot may have changed anything that streams are made of: a call with its limits.
    if (isAnyLate(plan)) calls.run(native, undefined, (id) => native.addLate(id, timeout, cpuTimeout));
    if (bootstrap) programs.load(bootstrap);
  } catch (error) {
    native.close();
    throw error;
  }
}

/** `runFirst` off the event loop. */
export async function runFirstAsync(
  { options, calls, programs }: Starting,
  native: NativeRuntime,
  plan: StartPlan,
): Promise<void> {
  const { timeout, cpuTimeout, bootstrap } = options;
  try {
    for (const script of plan.content.replay?.scripts ?? []) await programs.loadAsync(script, true);
    if (isAnyLate(plan)) await calls.start(native, undefined, (id) => native.addLateAsync(id, timeout, cpuTimeout));
    if (bootstrap) await programs.loadAsync(bootstrap);
  } catch (error) {
    native.close();
    throw error;
  }
}

const isAnyLate = ({ late }: StartPlan): boolean => late.lateTimers || late.lateStreams || late.lateWeb;
