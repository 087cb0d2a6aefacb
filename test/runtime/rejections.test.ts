import { JavaScriptError } from 'isolet';
import { describe, expect, it, vi } from 'vitest';
import { until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

function listening(options = {}) {
  const runtime = make(options);
  const heard: Error[] = [];
  runtime.on('unhandledRejection', (error) => heard.push(error));
  return { runtime, heard };
}

describe('unhandled rejections', () => {
  it('carry the error: name, message, stack, cause, and what was thrown', async () => {
    const { runtime, heard } = listening();
    runtime.eval('Promise.reject(new RangeError("lost", { cause: { why: 1 } })); 0', { filename: 'user.js' });
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]).toBeInstanceOf(JavaScriptError);
    expect(heard[0]).toMatchObject({ name: 'RangeError', message: 'lost', cause: { why: 1 } });
    expect(heard[0]?.stack).toContain('user.js');
  });

  it('may be any value', async () => {
    const { runtime, heard } = listening();
    runtime.eval('Promise.reject({ code: 7 }); Promise.reject(undefined); Promise.reject(Symbol("s")); 0');
    await until(() => heard.length === 3, 'the events');
    expect(heard[0]).toMatchObject({ thrown: { code: 7 } });
  });

  it('fail no call: neither the one that caused them nor one that waits', async () => {
    const { runtime, heard } = listening();
    let answer: (value: number) => void = () => {};
    runtime.bindFunction('wait', () => new Promise<number>((resolve) => (answer = resolve)), { mode: 'async' });
    const waiting = runtime.evalAsync('wait()');
    await sleep(20);
    expect(await runtime.evalAsync('Promise.reject(new Error("lost")); "mine"')).toBe('mine');
    expect(runtime.eval('(async () => { throw new Error("lost too") })(); "sync"')).toBe('sync');
    await until(() => heard.length === 2, 'the events');
    answer(5);
    expect(await waiting).toBe(5);
  });

  it('handled in the same turn, or by the host, they are none', async () => {
    const { runtime, heard } = listening();
    runtime.eval('const late = Promise.reject(1); queueMicrotask(() => late.catch(() => {})); 0');
    await expect(runtime.eval('Promise.reject(new Error("for the host"))')).rejects.toThrow('for the host');
    await sleep(30);
    expect(heard).toEqual([]);
  });

  it('a flood is bounded', async () => {
    const { runtime, heard } = listening();
    expect(runtime.eval('for (let i = 0; i < 100_000; i++) Promise.reject(new Error(String(i))); 1')).toBe(1);
    await until(() => heard.length >= 256, 'the events');
    await sleep(30);
    expect(heard).toHaveLength(256);
    expect(heard[0]?.message).toBe('0');
  });

  it('a flood over many calls costs the host no more than a megabyte before it reads', async () => {
    const { runtime, heard } = listening();
    runtime.eval('var long = "x".repeat(50_000)');
    for (let i = 0; i < 100; i++) runtime.eval('Promise.reject(new Error(long)); 0');
    await until(() => heard.length > 0, 'the events');
    await sleep(30);
    const bytes = heard.reduce((sum, { message, stack }) => sum + message.length + (stack?.length ?? 0), 0);
    expect(bytes).toBeLessThanOrEqual(1024 * 1024 + 100_000);
    // Room again once they were read.
    const before = heard.length;
    runtime.eval('Promise.reject(new Error("after")); 0');
    await until(() => heard.length === before + 1, 'one more');
    expect(heard.at(-1)?.message).toBe('after');
  });

  it('large values are left out rather than the event', async () => {
    const { runtime, heard } = listening();
    runtime.eval('Promise.reject(Object.assign(new Error("big"), { data: new Uint8Array(2_000_000) })); 0');
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]?.message).toBe('big');
    expect((heard[0] as JavaScriptError).thrown).toBeUndefined();
  });

  it('a listener that throws does no harm', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    try {
      const runtime = make();
      runtime.on('unhandledRejection', () => {
        throw new Error('listener broke');
      });
      runtime.eval('Promise.reject(1); 0');
      await until(() => warned.mock.calls.length > 0, 'the warning');
      expect(runtime.eval('2')).toBe(2);
    } finally {
      process.off('warning', warned);
    }
  });
});
