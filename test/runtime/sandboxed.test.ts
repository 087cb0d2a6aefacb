import { getProcessLimits, getProcessStats, runSandboxed, setProcessLimits } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';

afterEach(() => expect(getProcessStats().liveIsolates).toBe(0));

describe('runSandboxed', () => {
  it('F132, F133: gives the value, awaited, with globals of any kind', async () => {
    const globals = { n: 20, text: 'x', items: [1, 2], add: (a: number, b: number) => a + b, nothing: null, big: 5n };
    const result = await runSandboxed('Promise.resolve([add(n, 1), text, items.length, nothing, big])', { globals });
    expect(result).toEqual({ ok: true, value: [21, 'x', 2, null, 5n] });
    expect(await runSandboxed('')).toEqual({ ok: true, value: undefined });
  });

  it('an async global is awaited', async () => {
    const globals = { load: async (id: number) => ({ id }) };
    expect(await runSandboxed('load(7)', { globals })).toEqual({ ok: true, value: { id: 7 } });
  });

  it('javascript: what the guest throws, with its stack', async () => {
    const result = await runSandboxed('\nnull.x');
    expect(result).toMatchObject({ ok: false, error: { kind: 'javascript', name: 'TypeError' } });
    if (result.ok) throw new Error('unexpected');
    expect(result.error.stack).toContain('<sandbox>:2');
    expect(result.error.frames?.[0]).toMatchObject({ fileName: '<sandbox>', lineNumber: 2 });
    expect(await runSandboxed('return 1')).toMatchObject({ error: { kind: 'javascript', name: 'SyntaxError' } });
    expect(await runSandboxed('throw 42')).toMatchObject({ error: { kind: 'javascript', name: 'Error' } });
  });

  it('timeout: busy or pending', async () => {
    for (const code of ['for (;;);', 'new Promise(() => {})']) {
      const result = await runSandboxed(code, { timeout: 50 });
      expect(result).toMatchObject({ ok: false, error: { kind: 'timeout', name: 'TimeoutError' } });
    }
  });

  it('memory', async () => {
    const code = 'const a = []; for (;;) a.push(new Array(100).fill({}))';
    const result = await runSandboxed(code, { maxHeapSize: 16 * 1024 * 1024, timeout: 20_000 });
    expect(result).toMatchObject({ ok: false, error: { kind: 'memory', name: 'HeapLimitError' } });
  });

  it('transfer', async () => {
    const result = await runSandboxed('({ a: Symbol("x") })');
    expect(result).toMatchObject({ ok: false, error: { kind: 'transfer', name: 'TransferError' } });
  });

  it('capacity: the process has no room', async () => {
    const { maxReservedBytes } = getProcessLimits();
    setProcessLimits({ maxReservedBytes: 1 });
    try {
      expect(await runSandboxed('1')).toMatchObject({ ok: false, error: { kind: 'capacity', name: 'CapacityError' } });
    } finally {
      setProcessLimits({ maxReservedBytes });
    }
    expect(await runSandboxed('1')).toEqual({ ok: true, value: 1 });
  });

  it('terminated: aborted by the signal', async () => {
    const result = await runSandboxed('for (;;);', { signal: AbortSignal.timeout(50) });
    expect(result).toMatchObject({ ok: false, error: { kind: 'terminated', name: 'TimeoutError' } });
    expect(await runSandboxed('1', { signal: AbortSignal.abort() })).toMatchObject({
      ok: false,
      error: { kind: 'terminated', name: 'AbortError' },
    });
  });

  it('console: lines go to a function, in their order with calls of the host', async () => {
    const lines: unknown[] = [];
    const result = await runSandboxed('console.log("a", 1); note("b"); console.error({ c: 2 }); console.group(); 3', {
      console: (level, args) => lines.push([level, ...args]),
      globals: { note: (text: string) => void lines.push(text) },
    });
    expect(result).toEqual({ ok: true, value: 3 });
    expect(lines).toEqual([['log', 'a', 1], 'b', ['error', { c: 2 }]]);
    expect(await runSandboxed('console.log(1)')).toEqual({ ok: true, value: undefined });
    await expect(runSandboxed('1', { console: true as never })).rejects.toThrow(/'console'.*'inherit' or a function/);
  });

  it('cpuTimeout: time that is computed, not time that is waited', async () => {
    const busy = await runSandboxed('for (;;);', { cpuTimeout: 30, timeout: 60_000 });
    expect(busy).toMatchObject({ ok: false, error: { kind: 'timeout', message: expect.stringContaining('30 ms') } });
    const globals = { wait: () => new Promise((resolve) => setTimeout(resolve, 200, 'done')) };
    expect(await runSandboxed('wait()', { globals, cpuTimeout: 100 })).toEqual({ ok: true, value: 'done' });
    await expect(runSandboxed('1', { cpuTimeout: -1 })).rejects.toThrow(/'cpuTimeout'/);
  });

  it('codeGeneration: code from strings and WebAssembly can be switched off', async () => {
    const wasm = 'new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])) && 2';
    for (const [kind, code] of [
      ['strings', 'eval("1 + 1")'],
      ['wasm', wasm],
    ] as const) {
      expect(await runSandboxed(code)).toEqual({ ok: true, value: 2 });
      const result = await runSandboxed(code, { codeGeneration: { [kind]: false } });
      expect(result).toMatchObject({ ok: false, error: { kind: 'javascript' } });
    }
    await expect(runSandboxed('1', { codeGeneration: { string: false } as never })).rejects.toThrow(/'strings'/);
  });

  it.each([
    [
      'const a = await load(); a',
      /^await is only valid .*\. A script has no top-level await: .*\(async \(\) => \{ … \}\)\(\)/,
    ],
    ['await (async () => 1)()', /^await is not defined\. A script has no top-level await/],
    ['for await (const x of []) x;', /^Unexpected reserved word\. A script has no top-level await/],
    ['return 1', /^Illegal return statement\. The value of a script is that of its last expression/],
    ['import fs from "fs";', /\. A script is no module: use a Runtime and its evalModuleAsync\.$/],
    ['export default 1;', /\. A script is no module/],
    ['throw new SyntaxError("mine")', /^mine$/],
    ['const reserved = enum;', /^Unexpected reserved word$/],
  ])('what is not a script is told what to do: %s', async (code, message) => {
    const result = await runSandboxed(code);
    expect(result).toMatchObject({ ok: false, error: { kind: 'javascript', message: expect.stringMatching(message) } });
  });

  it('wrong options are a rejection', async () => {
    await expect(runSandboxed(5 as never)).rejects.toThrow(TypeError);
    await expect(runSandboxed('1', { timeout: 0 })).rejects.toThrow(RangeError);
    await expect(runSandboxed('1', { maxHeapSize: 1 })).rejects.toThrow(RangeError);
    await expect(runSandboxed('1', { globals: [] as never })).rejects.toThrow(TypeError);
    await expect(runSandboxed('1', { global: {} } as never)).rejects.toThrow(/'globals'/);
  });
});
