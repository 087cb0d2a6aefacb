import { AsyncLocalStorage } from 'node:async_hooks';
import { Runtime, SnapshotBuilder } from 'isolet';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { provideWebHandler, type WebCaller } from '../../lib/web/host.ts';

vi.mock('../../lib/guest-file.ts', async () => (await import('./support.ts')).exposeOps());

const open: Runtime[] = [];

function webRuntime(options: ConstructorParameters<typeof Runtime>[0] = {}): Runtime {
  const runtime = new Runtime({ web: true, ...options });
  open.push(runtime);
  return runtime;
}

afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

const context = new AsyncLocalStorage<string>();
provideWebHandler(
  'echo',
  () =>
    (_caller, ...values) =>
      values,
);
provideWebHandler('later', () => async (_caller, value) => value);
provideWebHandler('throws', () => () => {
  throw new RangeError('no such thing');
});
provideWebHandler('agent', () => (caller) => caller.web.userAgent);
provideWebHandler('context', () => () => context.getStore());
const disposed: string[] = [];
const counter = Symbol('counter');
provideWebHandler(
  'count',
  () => (caller) => ++caller.state(counter, () => ({ n: 0, [Symbol.dispose]: () => void disposed.push('counter') })).n,
);
const waiting: WebCaller[] = [];
provideWebHandler('wait', () => (caller) => {
  waiting.push(caller);
  return new Promise((_resolve, reject) => caller.signal.addEventListener('abort', () => reject(caller.signal.reason)));
});

describe('what the program of the web asks of the host', () => {
  it('is answered at once or as a promise, with values as they cross', async () => {
    const runtime = webRuntime();
    expect(runtime.eval('ops.host.callSync("echo", 1, "a", new Map([[1, 2n]]))')).toEqual([1, 'a', new Map([[1, 2n]])]);
    expect(await runtime.evalAsync('ops.host.call("echo", 1)')).toEqual([1]);
    expect(await runtime.evalAsync('ops.host.call("later", [5])')).toEqual([5]);
    expect(await runtime.evalAsync('ops.host.callSync("later", [5]).then((value) => value)')).toEqual([5]);
  });

  it('fails in the guest as the handler failed', async () => {
    const runtime = webRuntime();
    const caught = '(e) => [e instanceof RangeError, e.message]';
    expect(runtime.eval(`try { ops.host.callSync("throws") } catch (e) { (${caught})(e) }`)).toEqual([
      true,
      'no such thing',
    ]);
    expect(await runtime.evalAsync(`ops.host.call("throws").catch(${caught})`)).toEqual([true, 'no such thing']);
  });

  it('is refused for names that nobody provides', () => {
    const runtime = webRuntime();
    for (const name of ['"nothing"', '"toString"', '1', '{}', '']) {
      expect(() => runtime.eval(`ops.host.callSync(${name})`)).toThrow(/no answer/);
    }
  });

  it('knows the options and the asynchronous context of the caller', async () => {
    const runtime = webRuntime({ web: { userAgent: 'mine' } });
    expect(runtime.eval('ops.host.callSync("agent")')).toBe('mine');
    const seen = await context.run('of the caller', () => runtime.evalAsync('ops.host.call("context")'));
    expect(seen).toBe('of the caller');
  });

  it('keeps state for each guest, until it ends', () => {
    const first = webRuntime();
    const second = webRuntime();
    expect(first.eval('[ops.host.callSync("count"), ops.host.callSync("count")]')).toEqual([1, 2]);
    expect(second.eval('ops.host.callSync("count")')).toBe(1);
    disposed.length = 0;
    first.close();
    expect(disposed).toEqual(['counter']);
  });

  it('is told when the call was stopped, and when the guest ended', async () => {
    const runtime = webRuntime();
    const late = runtime.evalAsync('ops.host.call("wait")', { timeout: 100 });
    await expect(late).rejects.toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    await expect.poll(() => waiting.at(-1)?.signal.aborted).toBe(true);
    const closed = runtime.evalAsync('ops.host.call("wait")');
    await expect.poll(() => waiting).toHaveLength(2);
    runtime.close();
    await expect(closed).rejects.toMatchObject({ code: 'ERR_ISOLET_CLOSED' });
    expect(waiting.at(-1)?.signal.aborted).toBe(true);
  });

  it('counts like calls of host functions', () => {
    const runtime = webRuntime({ maxOpenHostCallBytes: 1000 });
    runtime.eval('ops.host.call("wait", "x".repeat(900)).catch(() => {})');
    expect(() => runtime.eval('ops.host.call("wait", "x".repeat(900))')).toThrow(/Too many bytes of host calls/);
    expect(runtime.getStats().counts.hostCallAsync).toBeGreaterThan(0);
  });

  it('can not be asked while a snapshot is made, and can be in what starts from it', async () => {
    const build = (code: string) => new SnapshotBuilder({ web: true }).executeScript('lib.js', code).build();
    const snapshot = build('const ask = (...values) => ops.host.call(...values)');
    const runtime = webRuntime({ snapshot });
    expect(await runtime.evalAsync('ask("later", 7)')).toBe(7);
    if (snapshot.kind === 'startup') {
      expect(() => build('ops.host.callSync("echo")')).toThrow(/no host to ask/);
    }
  });
});

describe('clock and randomness', () => {
  it('the clock is as coarse as the option says and never goes back', () => {
    const runtime = webRuntime({ web: { clockResolution: 20 } });
    const times = runtime.eval('Array.from({ length: 20000 }, () => ops.clock.now())') as number[];
    expect(times.every((time) => Math.abs(time / 20 - Math.round(time / 20)) < 1e-6)).toBe(true);
    expect(times.every((time, i) => i === 0 || time >= (times[i - 1] as number))).toBe(true);
    const origin = runtime.eval('ops.clock.origin()') as number;
    expect(Math.abs(Date.now() - origin)).toBeLessThan(60_000);
  });

  it('random bytes differ each time, and in guests that start from one snapshot', () => {
    const code =
      'const bytes = () => ops.random.fill(made = new Uint8Array(32)) ?? made.join(); var made; const first = bytes()';
    const snapshot = new SnapshotBuilder({ web: true }).executeScript('lib.js', code).build();
    const seen = [webRuntime({ snapshot }), webRuntime({ snapshot })].flatMap((r) => [
      r.eval('bytes()'),
      r.eval('bytes()'),
    ]);
    expect(new Set(seen).size).toBe(4);
  });

  it.each([
    [
      'a view of a part',
      'const a = new Uint8Array(64); ops.random.fill(a.subarray(16, 48)); [a.slice(0, 16).every((b) => b === 0), a.slice(16, 48).some((b) => b !== 0), a.slice(48).every((b) => b === 0)]',
      [true, true, true],
    ],
    ['nothing', 'ops.random.fill(new Uint8Array(0)); 1', 1],
    [
      'a detached buffer',
      'const d = new Uint8Array(8); structuredClone(d, { transfer: [d.buffer] }); ops.random.fill(d); d.length',
      0,
    ],
  ])('fill %s', (_name, code, expected) => {
    expect(webRuntime().eval(`{ ${code} }`)).toEqual(expected);
  });

  it('refuse what is no view, or too long', () => {
    const runtime = webRuntime();
    expect(() => runtime.eval('ops.random.fill(1)')).toThrow(/view/);
    expect(() => runtime.eval('ops.random.fill()')).toThrow(/view/);
    expect(() => runtime.eval('ops.random.fill(new Uint8Array(65537))')).toThrow(/65536/);
  });
});
