import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { JsFunction } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();

/** Reads on and on; says so to the host after the first chunk. */
const readOn = '(async (stream) => { for await (const chunk of stream) reading(chunk); })';

/** A stream that gives one chunk and then nothing, and what it was cancelled with. */
function halfRead(): { stream: ReadableStream; cancelled: unknown[] } {
  const cancelled: unknown[] = [];
  const stream = new ReadableStream(
    {
      start: (controller) => controller.enqueue('first'),
      cancel: (reason) => void cancelled.push(reason),
    },
    { highWaterMark: 0 },
  );
  return { stream, cancelled };
}

function reader() {
  const runtime = make({ streams: true, maxTimers: 4 });
  let chunks = 0;
  runtime.bindFunction('reading', () => void chunks++);
  const read = runtime.eval<JsFunction>(readOn);
  return { runtime, read, reading: () => until(() => chunks > 0, 'the guest to read') };
}

describe('a host stream whose reader was stopped is cancelled', () => {
  it('when the call runs out of time, with its error', async () => {
    const { runtime, read } = reader();
    const { stream, cancelled } = halfRead();
    const error = await failure(() => read.callAsync([stream], { timeout: 50 }));
    expect(error.code).toBe('ERR_ISOLET_TIMEOUT');
    await until(() => cancelled.length > 0, 'the stream to be cancelled');
    expect(cancelled).toEqual([error]);
    expect(runtime.getStats().activeHostStreams).toBe(0);
  });

  it('when the call is aborted, with the reason of its signal', async () => {
    const { read, reading } = reader();
    const { stream, cancelled } = halfRead();
    const controller = new AbortController();
    const failed = failure(() => read.callAsync([stream], { signal: controller.signal }));
    await reading();
    const reason = new Error('client went away');
    controller.abort(reason);
    expect(await failed).toBe(reason);
    await until(() => cancelled.length > 0, 'the stream to be cancelled');
    expect(cancelled).toEqual([reason]);
  });

  it('when the runtime is terminated, before anybody closes it', async () => {
    const { runtime, read, reading } = reader();
    const { stream, cancelled } = halfRead();
    const failed = failure(() => read.callAsync([stream]));
    await reading();
    runtime.terminate('enough');
    expect((await failed).code).toBe('ERR_ISOLET_TERMINATED');
    await until(() => cancelled.length > 0, 'the stream to be cancelled');
    expect(cancelled).toMatchObject([{ code: 'ERR_ISOLET_TERMINATED', reason: 'enough' }]);
  });

  it('when the runtime is closed or reaches its heap limit', async () => {
    const { runtime, read, reading } = reader();
    const { stream, cancelled } = halfRead();
    const failed = failure(() => read.callAsync([stream]));
    await reading();
    runtime.close();
    expect((await failed).code).toBe('ERR_ISOLET_CLOSED');
    await until(() => cancelled.length > 0, 'the stream to be cancelled');
    const small = make({ streams: true, maxHeapSize: 16 * 1024 * 1024 });
    const second = halfRead();
    const grow = small.eval<JsFunction>(
      '(async (s) => { for await (const c of s) { const all = []; for (;;) all.push(new Array(1000).fill({})) } })',
    );
    expect((await failure(() => grow.callAsync([second.stream]))).code).toBe('ERR_ISOLET_HEAP_LIMIT');
    await until(() => second.cancelled.length > 0, 'the stream to be cancelled');
  });

  it('an async generator is returned from, a Readable destroyed', async () => {
    const { read } = reader();
    let returned = false;
    async function* endless() {
      try {
        for (;;) yield await new Promise((resolve) => setTimeout(resolve, 1, 'chunk'));
      } finally {
        returned = true;
      }
    }
    const readable = Readable.from(endless());
    expect((await failure(() => read.callAsync([endless()], { timeout: 60 }))).code).toBe('ERR_ISOLET_TIMEOUT');
    await until(() => returned, 'the generator to return');
    expect((await failure(() => read.callAsync([readable], { timeout: 60 }))).code).toBe('ERR_ISOLET_TIMEOUT');
    await until(() => readable.destroyed, 'the Readable to be destroyed');
  });

  it('also one that was bound, made at the top or read through a pipe', async () => {
    const { runtime } = reader();
    const { stream, cancelled } = halfRead();
    runtime.bindObject('given', { stream });
    const code =
      '(async () => { for await (const c of given.stream.pipeThrough(new TransformStream())) reading(c) })()';
    expect((await failure(() => runtime.evalAsync(code, { timeout: 60 }))).code).toBe('ERR_ISOLET_TIMEOUT');
    await until(() => cancelled.length > 0, 'the stream to be cancelled');
  });
});

describe('and only that one', () => {
  it('one from which nothing was read stays the host’s', async () => {
    const { runtime } = reader();
    const { stream, cancelled } = halfRead();
    const keep = runtime.eval<JsFunction>('(async (s) => { globalThis.kept = s; await new Promise(() => {}) })');
    expect((await failure(() => keep.callAsync([stream], { timeout: 50 }))).code).toBe('ERR_ISOLET_TIMEOUT');
    expect(stream.locked).toBe(false);
    expect((await stream.getReader().read()).value).toBe('first');
    expect(cancelled).toEqual([]);
  });

  it('one that another call reads meanwhile goes on', async () => {
    const { runtime } = reader();
    let next: (chunk: unknown) => void = () => {};
    const stream = new ReadableStream({
      start(controller) {
        next = (chunk) => controller.enqueue(chunk);
      },
    });
    runtime.bindObject('given', { stream });
    runtime.eval('const it = given.stream.getReader(); const step = async () => (await it.read()).value');
    next(1);
    // The call that read first is still pending, and is stopped after the other one has read.
    const first = failure(() =>
      runtime.evalAsync('(async () => { await step(); await new Promise(() => {}) })()', { timeout: 200 }),
    );
    await until(() => runtime.getStats().bytesStreamedToGuest === 8, 'the first chunk to be read');
    const second = runtime.evalAsync('step()');
    await until(() => runtime.getStats().activeHostCalls > 0, 'the second one to read');
    expect((await first).code).toBe('ERR_ISOLET_TIMEOUT');
    next(2);
    expect(await second).toBe(2);
    next(3);
    expect(await runtime.evalAsync('step()')).toBe(3);
  });

  it('who still holds it does not take the cut for its end', async () => {
    const { runtime, read } = reader();
    const { stream } = halfRead();
    runtime.bindObject('given', { stream });
    const code =
      '(async () => { globalThis.r = given.stream.getReader(); await r.read(); await new Promise(() => {}) })()';
    expect((await failure(() => runtime.evalAsync(code, { timeout: 60 }))).code).toBe('ERR_ISOLET_TIMEOUT');
    expect(read.released).toBe(false);
    const error = await failure(() => runtime.evalAsync('r.read()'));
    expect(error.message).toContain('the call that read it was stopped');
  });
});
