import { existsSync, readFileSync } from 'node:fs';
import { getProcessStats, Runtime, type RuntimeOptions } from 'isolet';
import { afterEach, beforeEach, expect } from 'vitest';
import type { NativeRuntime } from '../../lib/native.ts';
import { coreOf } from '../../lib/runtime/runtime.ts';
import { expectNoIsolateLeft } from '../isolates-left.ts';

/** Makes runtimes for the tests of a file; after each test they are closed and no isolate and no handle may be left. */
export function useRuntimes(): {
  make(options?: RuntimeOptions): Runtime;
  create(options?: RuntimeOptions): Promise<Runtime>;
} {
  const made: { runtime: Runtime; native: NativeRuntime }[] = [];
  let before = { liveIsolates: 0, lostIsolates: 0 };
  beforeEach(() => {
    before = getProcessStats();
  });
  afterEach(async () => {
    for (const { runtime, native } of made.splice(0)) {
      await runtime.closeAsync();
      // In either direction: what the host held of the guest, and what the guest held of the host.
      const { liveFunctionHandles, activeHostCalls, activeTimers, pendingCalls } = native.stats();
      const { size } = coreOf(runtime).hostFunctions;
      expect({ liveFunctionHandles, activeHostCalls, activeTimers, pendingCalls, size }).toEqual({
        liveFunctionHandles: 0,
        activeHostCalls: 0,
        activeTimers: 0,
        pendingCalls: 0,
        size: 0,
      });
    }
    await expectNoIsolateLeft(before);
  });
  const keep = (runtime: Runtime): Runtime => {
    made.push({ runtime, native: coreOf(runtime).native() });
    return runtime;
  };
  return {
    make: (options) => keep(new Runtime(options)),
    create: async (options) => keep(await Runtime.create(options)),
  };
}

/** What `run` throws or rejects with. */
export async function failure(run: () => unknown): Promise<Error & Record<string, unknown>> {
  try {
    await run();
  } catch (error) {
    return error as never;
  }
  throw new Error('nothing was thrown');
}

/** Waits until `condition` holds, looking between turns of the event loop. */
export async function until(condition: () => boolean, what: string, milliseconds = 60_000): Promise<void> {
  const end = Date.now() + milliseconds;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A promise and what settles it. */
export function deferred<T = void>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (e: unknown) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

const schedule = '/proc/thread-self/schedstat';
const tellsOwnTime = existsSync(schedule);

/** Processor time of this thread in ms, or the clock where the system does not tell it. */
export function ownTime(): number {
  return tellsOwnTime ? Number(readFileSync(schedule, 'latin1').split(' ')[0]) / 1e6 : performance.now();
}

/** A thread that waits uses no processor: from so many ms on it counts all the same. */
const longWait = 10_000;

/** What the event loop did meanwhile. */
export interface Heartbeat<T> {
  result: T;
  /** How often it turned. */
  turns: number;
  /** The most that it worked, in ms, between two turns: what others of the machine took does not count. */
  pause: number;
}

/** Runs `work` and looks at the event loop every few ms. */
export async function heartbeat<T>(work: () => Promise<T>): Promise<Heartbeat<T>> {
  let turns = 0;
  let pause = 0;
  let last = { own: ownTime(), clock: performance.now() };
  const beat = () => {
    const now = { own: ownTime(), clock: performance.now() };
    const waited = now.clock - last.clock;
    pause = Math.max(pause, waited > longWait ? waited : now.own - last.own);
    last = now;
    turns++;
  };
  const timer = setInterval(beat, 5);
  try {
    const result = await work();
    beat();
    return { result, turns, pause };
  } finally {
    clearInterval(timer);
  }
}
