import { getProcessStats } from 'isolet';
import { expect } from 'vitest';

/** No more isolates than there were `before`. What an engine thread still unwinds goes in a moment. */
export async function expectNoIsolateLeft(before: { liveIsolates: number; lostIsolates: number }): Promise<void> {
  const left = () => {
    const { liveIsolates, lostIsolates } = getProcessStats();
    return { live: Math.max(0, liveIsolates - before.liveIsolates), lost: lostIsolates - before.lostIsolates };
  };
  await expect.poll(left).toEqual({ live: 0, lost: 0 });
}
