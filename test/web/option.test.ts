import { ReadableStream as HostStream } from 'node:stream/web';
import { Runtime, RuntimePool, ServerlessRuntime, SnapshotBuilder } from 'isolet';
import { afterEach, describe, expect, it } from 'vitest';

const open: Runtime[] = [];

function runtimeWith(options: ConstructorParameters<typeof Runtime>[0]): Runtime {
  const runtime = new Runtime(options);
  open.push(runtime);
  return runtime;
}

afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

const names = 'Object.getOwnPropertyNames(globalThis).sort()';

describe('the option web', () => {
  it('brings names that are not there without it, and only these', () => {
    const bare = runtimeWith({}).eval(names) as string[];
    const off = runtimeWith({ web: false }).eval(names) as string[];
    const web = runtimeWith({ web: true }).eval(names) as string[];
    expect(off).toEqual(bare);
    expect(web).toEqual(expect.arrayContaining([...bare, 'navigator', 'self', 'ReadableStream', 'setTimeout']));
  });

  it('is accepted by Runtime.create', async () => {
    const runtime = await Runtime.create({ web: { userAgent: 'mine' } });
    open.push(runtime);
    expect(await runtime.evalAsync('navigator.userAgent')).toBe('mine');
  });

  it('is accepted by pools, beside their other options', async () => {
    const pool = new RuntimePool({}, { web: { userAgent: 'pool' } });
    const spec = { tenantId: 't', name: 'f', code: '() => navigator.userAgent' };
    expect(await pool.invoke(spec, null)).toBe('pool');
    await pool.close();
    expect(() => new RuntimePool({}, { web: true, runtime: { web: true } })).toThrow(/'web' is given twice/);
    expect(() => new RuntimePool({}, { web: 1 as never })).toThrow(/'web' must be a boolean or an object/);
    expect(() => new RuntimePool({}, { web: true, runtime: { streams: false } })).toThrow(/'streams' must be true/);
  });

  it('is accepted by ServerlessRuntime, through its pool', async () => {
    const serverless = new ServerlessRuntime({}, { pool: { web: { userAgent: 'serverless' } } });
    await serverless.deploy({ tenantId: 't', name: 'f', code: '() => navigator.userAgent' });
    expect(await serverless.invoke('t', 'f', null)).toBe('serverless');
    await serverless.cleanup();
  });

  it('brings timers, as many as maxTimers says', async () => {
    const runtime = runtimeWith({ web: true });
    expect(await runtime.evalAsync('new Promise((done) => setTimeout(done, 1, 7))')).toBe(7);
    expect(() => runtime.eval('for (let i = 0; i < 5000; i++) setTimeout(() => {}, 100000)')).toThrow(/timers/i);
    const few = runtimeWith({ web: true, maxTimers: 2 });
    expect(() => few.eval('for (let i = 0; i < 3; i++) setTimeout(() => {}, 100000)')).toThrow(/timers/i);
  });

  it('brings streams that cross in both directions', async () => {
    const runtime = runtimeWith({ web: true });
    const stream = (await runtime.evalAsync(
      'new ReadableStream({ start(c) { c.enqueue("a"); c.enqueue("b"); c.close(); } })',
    )) as HostStream;
    expect(stream).toBeInstanceOf(HostStream);
    const chunks: unknown[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    expect(chunks).toEqual(['a', 'b']);
    const read = runtime.eval(
      'async (s) => { let all = ""; for await (const c of s) all += c; return all; }',
    ) as never as {
      callAsync(args: unknown[]): Promise<unknown>;
    };
    expect(await read.callAsync([HostStream.from(['x', 'y'])])).toBe('xy');
  });

  it('takes a stream of the host in a guest that never asked for one', async () => {
    const runtime = runtimeWith({ web: true });
    const same = runtime.eval('(s) => s instanceof ReadableStream') as (stream: unknown) => unknown;
    expect(same(HostStream.from(['x']))).toBe(true);
  });

  it.each([
    [1, /'web' must be a boolean or an object .* Received .*1/],
    [null, /'web' must be a boolean or an object/],
    [[], /'web' must be an object/],
    [{ baseURL: 'https://a/' }, /'web.baseURL' is not a known option .* Did you mean 'baseUrl'\?/],
    [{ baseUrl: 'a/b' }, /'web.baseUrl' must be an absolute URL/],
    [{ baseUrl: 7 }, /'web.baseUrl' must be a string/],
    [{ userAgent: 'a\nb' }, /'web.userAgent' must be printable ASCII/],
    [{ clockResolution: 0 }, /'web.clockResolution' must be a number of milliseconds from 0.005 to 1000/],
    [{ clockResolution: '1' }, /'web.clockResolution' must be a number of milliseconds/],
  ])('refuses %j', (web, message) => {
    expect(() => new Runtime({ web: web as never })).toThrow(message);
    expect(() => new SnapshotBuilder({ web: web as never })).toThrow(message);
  });

  it('refuses to be without what it needs', () => {
    expect(() => new Runtime({ web: true, streams: false })).toThrow(/'streams' must be true or left out/);
    expect(() => new Runtime({ web: true, maxTimers: 0 })).toThrow(/'maxTimers' must be at least 1 or left out/);
  });
});

describe('navigator and self', () => {
  it('are what the standard says', () => {
    const runtime = runtimeWith({ web: true });
    expect(runtime.eval('navigator.userAgent')).toBe('isolet');
    expect(runtime.eval('navigator instanceof Navigator && String(navigator)')).toBe('[object Navigator]');
    expect(runtime.eval('self === globalThis')).toBe(true);
    expect(() => runtime.eval('new Navigator()')).toThrow(/Illegal constructor/);
    expect(() => runtime.eval('new Navigator(navigator)')).toThrow(/Illegal constructor/);
    expect(() => runtime.eval('Navigator.prototype.userAgent')).toThrow(/is not a Navigator/);
  });
});
