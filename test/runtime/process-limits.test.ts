import { CapacityError, getProcessLimits, getProcessStats, setProcessLimits } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make, create } = useRuntimes();
const mebibyte = 1024 * 1024;
const defaults = getProcessLimits();

afterEach(() => setProcessLimits(defaults));

describe('setProcessLimits', () => {
  it('starts with bounds far below where V8 ends the process', () => {
    expect(defaults).toEqual({
      maxIsolates: 3000,
      maxReservedBytes: 2 ** 40,
      maxLostIsolates: 64,
      maxStockedIsolates: 2,
    });
  });

  it('refuses the runtime that would be one too many, and takes it when another is gone', async () => {
    setProcessLimits({ maxIsolates: 2 });
    const [first] = [make(), await create()];
    for (const attempt of [() => make(), () => create()]) {
      const error = await failure(attempt);
      expect(error).toBeInstanceOf(CapacityError);
      expect(error).toMatchObject({ code: 'ERR_ISOLET_CAPACITY', limit: 2, actual: 2 });
    }
    await first?.closeAsync();
    expect(make().eval('1 + 1')).toBe(2);
  });

  it('refuses the runtime whose memory limit is too much beside the others', async () => {
    setProcessLimits({ maxReservedBytes: 100 * mebibyte });
    const first = make({ maxHeapSize: 64 * mebibyte });
    expect(getProcessStats().reservedBytes).toBe(64 * mebibyte);
    expect(await failure(() => create({ maxHeapSize: 40 * mebibyte }))).toMatchObject({
      code: 'ERR_ISOLET_CAPACITY',
      limit: 100 * mebibyte,
      actual: 104 * mebibyte,
    });
    make({ maxHeapSize: 36 * mebibyte });
    await first.closeAsync();
    expect(getProcessStats().reservedBytes).toBe(36 * mebibyte);
  });

  it('a runtime whose bootstrap fails reserves nothing', async () => {
    expect(await failure(() => create({ bootstrap: 'throw new Error("no")' }))).toMatchObject({ message: 'no' });
    // The engine takes it down a moment later.
    await expect.poll(() => getProcessStats().reservedBytes).toBe(0);
  });

  it('leaves alone what is not named, and what exists', () => {
    const runtime = make();
    setProcessLimits({ maxReservedBytes: 1 });
    expect(getProcessLimits()).toEqual({ ...defaults, maxReservedBytes: 1 });
    expect(runtime.eval('6 * 7')).toBe(42);
  });

  it.each([
    [{ maxIsolates: 0 }, 'ERR_ISOLET_INVALID_ARG', RangeError],
    [{ maxIsolates: 4001 }, 'ERR_ISOLET_INVALID_ARG', RangeError],
    [{ maxIsolates: '5' }, 'ERR_ISOLET_INVALID_ARG', TypeError],
    [{ maxReservedBytes: 0.5 }, 'ERR_ISOLET_INVALID_ARG', RangeError],
    [{ maxLostIsolates: Number.NaN }, 'ERR_ISOLET_INVALID_ARG', RangeError],
    [{ maxIsolate: 5 }, 'ERR_ISOLET_INVALID_ARG', TypeError],
    [5, 'ERR_ISOLET_INVALID_ARG', TypeError],
    [null, 'ERR_ISOLET_INVALID_ARG', TypeError],
  ])('changes nothing for %o', async (limits, code, kind) => {
    const given = typeof limits === 'object' && limits !== null ? { maxIsolates: 7, ...limits } : limits;
    const error = await failure(() => setProcessLimits(given as never));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ code });
    expect(getProcessLimits()).toEqual(defaults);
  });
});
