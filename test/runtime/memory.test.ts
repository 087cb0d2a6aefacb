import { HeapLimitError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from './support.ts';

const { make } = useRuntimes();

const mebibyte = 1024 * 1024;

/** Guest code: `fill(n)` keeps n MiB of numbers alive, `room(n)` says whether a buffer of n MiB fits. */
const helpers = `
  const kept = [];
  function fill(mebibytes) {
    for (let i = 0; i < mebibytes; i++) kept.push(new Array(131072).fill(0.5));
  }
  function room(mebibytes) {
    try {
      kept.push(new Uint8Array(mebibytes * 1048576));
      return true;
    } catch (error) {
      return error instanceof RangeError && error.message;
    }
  }`;

const limited = () => make({ maxHeapSize: 64 * mebibyte, bootstrap: helpers });

describe('maxHeapSize', () => {
  it('gives a buffer the room that the heap leaves', () => {
    const runtime = limited();
    expect(runtime.eval('fill(30); room(48)')).toBe('Array buffer allocation failed');
    expect(runtime.eval('room(16)')).toBe(true);
  });

  it('gives a buffer the room of what has died', () => {
    const runtime = limited();
    expect(runtime.eval('fill(40); kept.length = 0; room(48)')).toBe(true);
    expect(runtime.eval('kept.length = 0; room(48)')).toBe(true);
  });

  it.each(['eval', 'evalAsync'] as const)('ends a heap that grows into what buffers hold (%s)', async (method) => {
    const runtime = limited();
    expect(runtime.eval('room(40)')).toBe(true);
    const error = await failure(async () => {
      for (let i = 0; i < 60; i++) await runtime[method]('fill(1)');
    });
    expect(error).toBeInstanceOf(HeapLimitError);
    expect(error).toMatchObject({ limit: 64 * mebibyte });
    expect(runtime.state).toBe('terminated');
  });

  it('never ends a guest for buffers that are dead but not freed yet', () => {
    const runtime = limited();
    runtime.eval('fill(20)');
    expect(runtime.eval('let n = 0; for (let i = 0; i < 200; i++) n += new Uint8Array(24 * 1048576).length; n')).toBe(
      200 * 24 * mebibyte,
    );
  });

  it('answers one buffer above the limit with a RangeError that the guest may survive', () => {
    const runtime = limited();
    expect(runtime.eval('room(65)')).toBe('Array buffer allocation failed');
    expect(runtime.eval('room(256)')).toBe('Array buffer allocation failed');
    expect(runtime.eval('room(1)')).toBe(true);
  });
});
