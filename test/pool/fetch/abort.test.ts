import { type PoolFunction, type RuntimePool, TimeoutError } from 'isolet';
import { describe, expect, test } from 'vitest';
import { failure, until } from '../../runtime/support.ts';
import { usePools } from '../support.ts';
import { get, handlers, settled } from './support.ts';

const make = usePools();

/** Tells what it hears of the end. `/headers` waits for ever before them, `/body` answers bytes for ever. */
const listening = (rest: Partial<PoolFunction> = {}) =>
  handlers(
    `
    async fetch(request, env, ctx) {
      const { signal } = request;
      signal.addEventListener('abort', () => told('abort ' + signal.reason.name));
      if (request.url.endsWith('/headers')) {
        told('waits');
        await new Promise((resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      }
      return new Response(new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          controller.enqueue(new Uint8Array(10));
        },
        cancel: (reason) => told('cancel ' + reason),
      }));
    },
    hello: () => 'hello'`,
    rest,
  );

function told(): { heard: string[]; api: { told(text: string): void } } {
  const heard: string[] = [];
  return { heard, api: { told: (text) => void heard.push(text) } };
}

const readerOf = (response: Response) => (response.body as ReadableStream<Uint8Array>).getReader();

/** It serves others in the same runtime. */
async function expectWarm(pool: RuntimePool, spec: PoolFunction): Promise<void> {
  const detailed = await pool.invoke(spec, undefined, { method: 'hello', detailed: true });
  expect(detailed).toMatchObject({ value: 'hello', coldStart: false });
}

describe('before the headers', () => {
  test('a client that goes ends the request, in the guest by its signal', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const spec = listening();
    const outcomes: string[] = [];
    pool.on('invoke', ({ outcome }) => outcomes.push(outcome));
    const client = new AbortController();
    const answer = failure(() => pool.fetch(spec, get('/headers', { signal: client.signal })));
    await until(() => heard.length === 1, 'the handler waits');
    // It is in a call of the platform still, for a moment.
    await settled(200);
    client.abort(new Error('socket closed'));
    expect(await answer).toMatchObject({ message: 'socket closed' });
    await until(() => pool.stats().active === 0, 'it has ended');
    // It was told, but what has ended asks nothing more of the platform.
    expect(heard).toEqual(['waits']);
    expect(outcomes).toEqual(['aborted']);
    await expectWarm(pool, spec);
  });

  test('so does the signal of the call', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const caller = new AbortController();
    const answer = failure(() => pool.fetch(listening(), get('/headers'), { signal: caller.signal }));
    await until(() => heard.length === 1, 'the handler waits');
    caller.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    await until(() => pool.stats().active === 0, 'it has ended');
  });

  test('a client that has gone before is not served', async () => {
    const pool = make();
    const refused: unknown[] = [];
    pool.on('refused', ({ error }) => refused.push(error));
    const error = await failure(() => pool.fetch(listening(), get('/', { signal: AbortSignal.abort() })));
    expect(error).toMatchObject({ name: 'AbortError' });
    expect([pool.stats().runtimes, refused.length]).toEqual([0, 1]);
  });

  test('a client that goes while its request waits in line is not served', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const spec = listening({ concurrency: 1 });
    const first = new AbortController();
    const one = failure(() => pool.fetch(spec, get('/headers', { signal: first.signal })));
    await until(() => heard.length === 1, 'the handler waits');
    const second = new AbortController();
    const two = failure(() => pool.fetch(spec, get('/headers', { signal: second.signal })));
    await until(() => pool.stats().queued === 1, 'the other waits in line');
    second.abort();
    expect(await two).toMatchObject({ name: 'AbortError' });
    expect(pool.stats().queued).toBe(0);
    first.abort();
    await one;
  });

  test('code that runs when the client goes is stopped', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const spec = handlers("fetch() { told('runs'); for (;;); }");
    const client = new AbortController();
    const answer = failure(() => pool.fetch(spec, get('/', { signal: client.signal })));
    await until(() => heard.length === 1, 'it runs');
    client.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    await until(() => pool.stats().runtimes === 0, 'its runtime has gone');
  });

  test('a listener that never ends is stopped by the limits of the invocation', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const spec = handlers(
      `async fetch(request) {
        request.signal.onabort = () => { for (;;); };
        told('waits');
        await new Promise(() => {});
      }`,
      { timeout: 300 },
    );
    const client = new AbortController();
    const answer = failure(() => pool.fetch(spec, get('/', { signal: client.signal })));
    await until(() => heard.length === 1, 'the handler waits');
    client.abort();
    expect(await answer).toMatchObject({ name: 'AbortError' });
    await until(() => pool.stats().runtimes === 0, 'its runtime has gone');
  });

  test('a timeout ends the request', async () => {
    const { api } = told();
    const pool = make(api);
    const error = await failure(() => pool.fetch(listening({ timeout: 100 }), get('/headers')));
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ limit: 100, phase: 'pending' });
    await until(() => pool.stats().active === 0, 'it has ended');
  });

  test('closing without patience ends it, with patience waits for it', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const answer = failure(() => pool.fetch(listening(), get('/headers')));
    await until(() => heard.length === 1, 'the handler waits');
    await pool.close({ drain: false });
    expect(await answer).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
    const patient = make(api);
    const slow = patient.fetch(
      handlers(
        'fetch: async () => { await wait(); return new Response("x"); }, wait() {}'.replace(
          'wait()',
          'new Promise((r) => setTimeout(r, 50))',
        ),
      ),
      get(),
    );
    await until(() => patient.stats().active === 1, 'it runs');
    const closed = patient.close();
    expect(await (await slow).text()).toBe('x');
    await closed;
  });
});

describe('while the body streams', () => {
  test('a client that goes fails the body, in the guest by signal and cancel', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const spec = listening();
    const over: string[] = [];
    pool.on('handedOut', ({ outcome }) => over.push(outcome));
    const client = new AbortController();
    const response = await pool.fetch(spec, get('/body', { signal: client.signal }));
    const reader = readerOf(response);
    await reader.read();
    client.abort(new Error('socket closed'));
    expect(await failure(() => reader.read())).toMatchObject({ message: 'socket closed' });
    await until(() => heard.length === 2, 'the guest has heard of it');
    expect(heard).toEqual(['abort AbortError', 'cancel Error: socket closed']);
    await until(() => pool.stats().active === 0, 'it has ended');
    expect(over).toEqual(['ok']);
    await expectWarm(pool, spec);
  });

  test('whoever cancels the body has gone as well', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const spec = listening();
    const response = await pool.fetch(spec, get('/body'));
    const reader = readerOf(response);
    await reader.read();
    await reader.cancel('enough');
    await until(() => pool.stats().active === 0, 'it has ended');
    expect(heard).toEqual(['abort AbortError', 'cancel enough']);
    await expectWarm(pool, spec);
  });

  test('also before anything was read', async () => {
    const { heard, api } = told();
    const pool = make(api);
    const response = await pool.fetch(listening(), get('/body'));
    await response.body?.cancel('enough');
    await until(() => pool.stats().active === 0, 'it has ended');
    expect(heard).toEqual(['abort AbortError', 'cancel enough']);
  });

  test('a timeout covers the body', async () => {
    const { api } = told();
    const pool = make(api);
    const reports: { limit?: object | undefined; outcome: string }[] = [];
    pool.on('handedOut', (report) => reports.push(report));
    const spec = listening({ timeout: 500 });
    await pool.invoke(spec, undefined, { method: 'hello' });
    const response = await pool.fetch(spec, get('/body'));
    const error = await failure(() => response.arrayBuffer());
    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ kind: 'wall', limit: 500 });
    expect(error.message).toContain("'timeoutCovers'");
    await until(() => pool.stats().active === 0, 'it has ended');
    expect(reports).toMatchObject([{ outcome: 'timeout', limit: { name: 'timeout', value: 500 } }]);
  });

  test('also where nobody reads it, and the guest hears of it', async () => {
    const pool = make();
    const lines: string[] = [];
    pool.on('log', ({ message }) => lines.push(message));
    const spec = handlers(`
      fetch(request, env, ctx) {
        request.signal.onabort = () => { this.heard = request.signal.reason.name; };
        return new Response(new ReadableStream({ pull() {} }));
      },
      hello() { return this.heard; }`);
    await pool.invoke(spec, undefined, { method: 'hello' });
    const response = await pool.fetch(spec, get('/body'), { timeout: 500 });
    await until(() => pool.stats().active === 0, 'it has ended');
    expect(await failure(() => response.text())).toBeInstanceOf(TimeoutError);
    expect(await pool.invoke(spec, undefined, { method: 'hello' })).toBe('TimeoutError');
  });

  test('or the headers alone, and then the body has streamTimeout', async () => {
    const { api } = told();
    const pool = make(api);
    const spec = listening({ streamTimeout: 1200 });
    const options = { timeout: 500, timeoutCovers: 'headers' } as const;
    await pool.invoke(spec, undefined, { method: 'hello' });
    const response = await pool.fetch(spec, get('/body'), options);
    const began = performance.now();
    const error = await failure(() => response.arrayBuffer());
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TIMEOUT', limit: 1200 });
    expect(performance.now() - began).toBeGreaterThan(600);
    expect(await failure(() => pool.fetch(spec, get('/headers'), options))).toMatchObject({ limit: 500 });
  });

  test('closing without patience fails the body, with patience waits for it', async () => {
    const { api } = told();
    const pool = make(api);
    const response = await pool.fetch(listening(), get('/body'));
    const reader = readerOf(response);
    await reader.read();
    await pool.close({ drain: false });
    expect(await failure(() => reader.read())).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });

    const patient = make(api);
    const finite = handlers(`
      fetch() {
        let left = 5;
        return new Response(new ReadableStream({
          async pull(controller) {
            await new Promise((resolve) => setTimeout(resolve, 5));
            if (left-- === 0) controller.close();
            else controller.enqueue(new Uint8Array(1));
          },
        }));
      }`);
    const streaming = await patient.fetch(finite, get());
    const closed = patient.close();
    expect((await streaming.arrayBuffer()).byteLength).toBe(5);
    await closed;
  });

  test('a version that goes finishes what it streams, within the patience of its drain', async () => {
    const { api } = told();
    const pool = make(api);
    const response = await pool.fetch(listening({ version: 'v1' }), get('/body'));
    const reader = readerOf(response);
    await reader.read();
    const drained = pool.drain('acme:f@v1', 500);
    await reader.read();
    await drained;
    const error = await failure(async () => {
      for (;;) await reader.read();
    });
    expect(error).toMatchObject({ code: 'ERR_ISOLET_TERMINATED' });
  });
});

test('a signal that is not looked at costs nothing, and aborts when it is looked at later', async () => {
  const pool = make();
  const spec = handlers(`
    fetch(request) {
      this.request = request;
      return new Response(new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(1)); } }));
    },
    hello() { const { signal } = this.request; return [signal.aborted, signal.reason?.name]; }`);
  const response = await pool.fetch(spec, get());
  expect(await pool.invoke(spec, undefined, { method: 'hello' })).toEqual([false, undefined]);
  const other = await pool.fetch(spec, get());
  await other.body?.cancel();
  await until(() => pool.stats().active === 1, 'one has ended');
  expect(await pool.invoke(spec, undefined, { method: 'hello' })).toEqual([true, 'AbortError']);
  await response.body?.cancel();
  await settled();
});
