import { type ConsoleLevel, JavaScriptError } from 'isolet';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
afterEach(() => vi.restoreAllMocks());

const levels: ConsoleLevel[] = ['debug', 'log', 'info', 'warn', 'error', 'trace'];

describe('console', () => {
  it('B109, B111: off, the functions exist and do nothing', () => {
    const runtime = make();
    const heard = vi.fn();
    runtime.on('console', heard);
    expect(runtime.eval(`[typeof console, ${levels.map((l) => `console.${l}('x')`)}]`)).toEqual([
      'object',
      ...levels.map(() => undefined),
    ]);
    expect(heard).not.toHaveBeenCalled();
  });

  it('B110: a handler gets level and values, in order', async () => {
    const lines: [ConsoleLevel, unknown[]][] = [];
    const runtime = make({ console: (level, args) => lines.push([level, args]) });
    runtime.eval(levels.map((level, i) => `console.${level}('${level}', ${i}, { a: [${i}] })`).join(';'));
    await until(() => lines.length === levels.length, 'all lines');
    expect(lines).toEqual(levels.map((level, i) => [level, [level, i, { a: [i] }]]));
  });

  it('true: events only; a handler and events go together', async () => {
    const heard: unknown[] = [];
    const runtime = make({ console: true });
    runtime.on('console', (level, args) => heard.push([level, args]));
    await runtime.evalAsync('console.log("a", 1)');
    await until(() => heard.length === 1, 'the line');
    expect(heard).toEqual([['log', ['a', 1]]]);
  });

  it("'inherit' writes to the host's console at the same level", async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    const runtime = make({ console: 'inherit' });
    runtime.eval('console.warn("careful", { n: 1 }); console.trace("here")');
    await until(() => error.mock.calls.length === 1, 'both lines');
    expect(warn).toHaveBeenCalledExactlyOnceWith('careful', { n: 1 });
    expect(error).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^Trace: here\n {4}at <eval>:1:\d+$/));
  });

  it('a handler that throws is a warning and nothing else', async () => {
    const warnings: (Error & { code?: string })[] = [];
    const listen = (warning: Error): void => void warnings.push(warning);
    process.on('warning', listen);
    try {
      const runtime = make({
        console: () => {
          throw new Error('handler broke');
        },
      });
      expect(runtime.eval('console.log(1); 5')).toBe(5);
      await until(() => warnings.length === 1, 'the warning');
      expect(warnings[0]?.code).toBe('ISOLET_LISTENER_THREW');
      expect(warnings[0]?.message).toContain('handler broke');
      expect(runtime.eval('6')).toBe(6);
    } finally {
      process.off('warning', listen);
    }
  });
});

describe('unhandled rejections', () => {
  it('are events of their runtime and fail no other call', async () => {
    const [one, two] = [make(), make()];
    const heard: Error[] = [];
    const elsewhere = vi.fn();
    one.on('unhandledRejection', (error) => heard.push(error));
    two.on('unhandledRejection', elsewhere);
    expect(await one.evalAsync('Promise.reject(new RangeError("lost")); 7')).toBe(7);
    await until(() => heard.length === 1, 'the event');
    expect(heard[0]).toBeInstanceOf(JavaScriptError);
    expect(heard[0]).toMatchObject({ name: 'RangeError', message: 'lost' });
    expect(elsewhere).not.toHaveBeenCalled();
  });

  it('without a listener nothing happens', async () => {
    const runtime = make();
    expect(runtime.eval('Promise.reject(new Error("lost")); 7')).toBe(7);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(runtime.eval('8')).toBe(8);
  });

  it('a rejection that is handled in time, or returned to the host, is none', async () => {
    const runtime = make();
    const heard = vi.fn();
    runtime.on('unhandledRejection', heard);
    await runtime.evalAsync('const p = Promise.reject(1); p.catch(() => {}); 1');
    await expect(runtime.evalAsync('Promise.reject(new Error("mine"))')).rejects.toThrow('mine');
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard).not.toHaveBeenCalled();
  });
});
