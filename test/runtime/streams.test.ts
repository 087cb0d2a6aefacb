import { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import {
  JavaScriptError,
  type JsFunction,
  RuntimeClosedError,
  SnapshotBuilder,
  TimeoutError,
  TransferError,
} from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, until, useRuntimes } from './support.ts';

const { make } = useRuntimes();
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function collect(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

/** A function of the guest that reads a stream to its end. */
const readAll = '(async (stream) => { const all = []; for await (const chunk of stream) all.push(chunk); return all })';

describe('guest streams in the host', () => {
  it('B124: chunks arrive in order and end', async () => {
    const runtime = make({ streams: true });
    const stream = (await runtime.evalAsync(`
      (async () => new ReadableStream({ start(c) { c.enqueue('one'); c.enqueue('two'); c.close() } }))()`)) as ReadableStream;
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(await collect(stream)).toEqual(['one', 'two']);
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handle to go');
  });

  it('V26: at any depth, chunks of any type, and the same stream is the same', async () => {
    const runtime = make({ streams: true });
    const { a, b } = runtime.eval(`
      const stream = new ReadableStream({ start(c) {
        c.enqueue(new Map([[1, new Date(5)]])); c.enqueue(new Uint8Array([1, 2])); c.enqueue(undefined); c.enqueue(() => 7);
        c.enqueue(new ReadableStream({ start(i) { i.enqueue('inner'); i.close() } })); c.close() } });
      ({ a: [stream], b: new Map([['s', stream]]) })`) as { a: ReadableStream[]; b: Map<string, ReadableStream> };
    expect(b.get('s')).toBe(a[0]);
    const [map, bytes, nothing, fn, inner] = await collect(a[0] as ReadableStream);
    expect([map, bytes, nothing]).toEqual([new Map([[1, new Date(5)]]), new Uint8Array([1, 2]), undefined]);
    expect((fn as JsFunction)()).toBe(7);
    expect(await collect(inner as ReadableStream)).toEqual(['inner']);
  });

  it('F061: nothing is pulled before the host reads, and no more than it reads', async () => {
    const runtime = make({ streams: true });
    const stream = runtime.eval(`
      var pulls = 0;
      new ReadableStream({ pull(c) { c.enqueue(pulls++) } }, { highWaterMark: 0 })`) as ReadableStream<number>;
    await sleep(30);
    expect(runtime.eval('pulls')).toBe(0);
    const reader = stream.getReader();
    expect([await reader.read(), await reader.read()]).toEqual([
      { done: false, value: 0 },
      { done: false, value: 1 },
    ]);
    await sleep(30);
    expect(runtime.eval('pulls')).toBe(2);
    await reader.cancel();
  });

  it('B128, F062: cancelling runs the cancel hook of the guest with the reason', async () => {
    const runtime = make({ streams: true });
    const stream = runtime.eval(`
      var cancelled = 'no';
      new ReadableStream({ pull(c) { c.enqueue(1) }, cancel(reason) { cancelled = reason } })`) as ReadableStream;
    const iterator = stream[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toBe(1);
    await (iterator.return as ((reason: unknown) => Promise<unknown>) | undefined)?.call(iterator, 'enough');
    expect(runtime.eval('cancelled')).toBe('enough');
    const other = runtime.eval('new ReadableStream({ cancel(reason) { cancelled = [reason] } })') as ReadableStream;
    await other.cancel(new WeakMap());
    expect(runtime.eval('cancelled')).toEqual([undefined]);
  });

  it('B129: an error of the guest is the error of the stream', async () => {
    const runtime = make({ streams: true });
    const stream = runtime.eval(`
      var sent = 0;
      new ReadableStream({ pull(c) { if (sent++) throw new RangeError('boom'); c.enqueue('one') } }, { highWaterMark: 0 })`);
    const reader = (stream as ReadableStream).getReader();
    expect((await reader.read()).value).toBe('one');
    const error = await failure(() => reader.read());
    expect(error).toBeInstanceOf(JavaScriptError);
    expect(error).toMatchObject({ name: 'RangeError', message: 'boom' });
    await until(() => runtime.getStats().liveFunctionHandles === 0, 'the handle to go');
  });

  it('F061: a read that waits blocks no other call and ends at the timeout', async () => {
    const runtime = make({ streams: true, timeout: 150 });
    const reader = (runtime.eval('new ReadableStream({})') as ReadableStream).getReader();
    const read = failure(() => reader.read());
    expect(await runtime.evalAsync('1 + 1')).toBe(2);
    expect(await read).toBeInstanceOf(TimeoutError);
  });

  it('F061: closing the runtime ends the read', async () => {
    const runtime = make({ streams: true });
    const reader = (runtime.eval('new ReadableStream({})') as ReadableStream).getReader();
    const read = failure(() => reader.read());
    await sleep(20);
    runtime.close();
    expect(await read).toBeInstanceOf(RuntimeClosedError);
  });

  it('F061: a locked stream, and other streams, do not cross', () => {
    const runtime = make({ streams: true });
    expect(() => runtime.eval('const s = new ReadableStream(); s.getReader(); s')).toThrow(/locked/);
    expect(() => runtime.eval('new WritableStream()')).toThrow(TransferError);
    expect(() => runtime.eval('[new TransformStream()]')).toThrow(/TransformStream/);
    expect(runtime.getStats().liveFunctionHandles).toBe(0);
  });

  it('F061: logging a stream leaves it alone', async () => {
    const runtime = make({ streams: true, console: true });
    const stream = runtime.eval(`
      const stream = new ReadableStream({ start(c) { c.enqueue(1); c.close() } }); console.log(stream); stream`);
    await sleep(20);
    expect(await collect(stream as ReadableStream)).toEqual([1]);
  });

  it('F061: is known whatever the guest overwrote', async () => {
    const runtime = make({ streams: true });
    const stream = runtime.eval(`
      const stream = new ReadableStream({ start(c) { c.enqueue('still'); c.close() } });
      ReadableStream.prototype.getReader = ReadableStream.prototype.constructor = () => 1;
      Reflect.defineProperty(ReadableStream, Symbol.hasInstance, { value: () => false });
      globalThis.ReadableStream = class {};
      Object.prototype.type = 'bytes'; Object.prototype.highWaterMark = 99;
      WeakMap.prototype.get = WeakMap.prototype.set = Reflect.apply = () => 1;
      stream`);
    expect(await collect(stream as ReadableStream)).toEqual(['still']);
    const back = runtime.eval('(async (s) => (await s.getReader?.().read?.())?.value ?? typeof s)') as JsFunction;
    expect(typeof (await back.callAsync([ReadableStream.from(['x'])]))).toBe('string');
  });
});

describe('host streams in the guest', () => {
  it('B125: an async generator as an argument is read to its end', async () => {
    const runtime = make({ streams: true });
    async function* words() {
      yield 'hello ';
      await sleep(5);
      yield 'world';
    }
    const join = runtime.eval(`(async (stream) => {
      const reader = stream.getReader(); let text = '';
      for (;;) { const { done, value } = await reader.read(); if (done) return [text, stream instanceof ReadableStream]; text += value }
    })`) as JsFunction;
    expect(await join.callAsync([words()])).toEqual(['hello world', true]);
  });

  it('F063: a ReadableStream, a Readable and createStream', async () => {
    const runtime = make({ streams: true });
    const all = runtime.eval(readAll) as JsFunction;
    expect(await all.callAsync([ReadableStream.from([1, 2])])).toEqual([1, 2]);
    expect(await all.callAsync([Readable.from(['a', 'b'])])).toEqual(['a', 'b']);
    const plain = {
      async *[Symbol.asyncIterator]() {
        yield { n: 1n };
      },
    };
    expect(await all.callAsync([runtime.createStream(plain)])).toEqual([{ n: 1n }]);
    expect(() => runtime.createStream({} as never)).toThrow(/source/);
    expect(() => make().createStream(plain)).toThrow(/streams/);
  });

  it('V26: as a result of a host function, and as a bound value, at any depth', async () => {
    const runtime = make({ streams: true });
    runtime.bindFunction('open', async () => ({ body: ReadableStream.from(['x', 'y']) }));
    runtime.bindObject('given', { list: [ReadableStream.from([5])] });
    expect(await runtime.evalAsync(`open().then(({ body }) => ${readAll}(body))`)).toEqual(['x', 'y']);
    expect(await runtime.evalAsync(`${readAll}(given.list[0])`)).toEqual([5]);
  });

  it('B126: an error of the source rejects the read, and is the same error when it comes back', async () => {
    const runtime = make({ streams: true });
    const boom = new Error('host boom');
    async function* failing() {
      yield 1;
      throw boom;
    }
    const all = runtime.eval(readAll) as JsFunction;
    const error = await failure(() => all.callAsync([failing()]));
    expect(error.message).toContain('host boom');
    expect(error === boom || error.cause === boom || error instanceof JavaScriptError).toBe(true);
  });

  it('B127, F064: cancelling in the guest closes the iterator, with the reason for a stream', async () => {
    const runtime = make({ streams: true });
    let closed = false;
    async function* endless() {
      try {
        for (let i = 0; ; i++) yield i;
      } finally {
        closed = true;
      }
    }
    const take = runtime.eval(`(async (stream) => {
      const reader = stream.getReader(); const { value } = await reader.read(); await reader.cancel('stop'); return value })`) as JsFunction;
    expect(await take.callAsync([endless()])).toBe(0);
    expect(closed).toBe(true);
    let reason: unknown;
    const stream = new ReadableStream({
      pull: (c) => c.enqueue(1),
      cancel(why) {
        reason = why;
      },
    });
    expect(await take.callAsync([stream])).toBe(1);
    expect(reason).toBe('stop');
  });

  it('F063: nothing is read ahead', async () => {
    const runtime = make({ streams: true });
    let pulled = 0;
    const source = new ReadableStream({ pull: (c) => c.enqueue(++pulled) }, { highWaterMark: 0 });
    const first = runtime.eval(
      '(async (s) => { reader = s.getReader(); return (await reader.read()).value })',
    ) as JsFunction;
    expect(await first.callAsync([source])).toBe(1);
    await sleep(30);
    expect(pulled).toBe(1);
  });

  it("F063: a stream that is passed on and not read stays the host's", async () => {
    const runtime = make({ streams: true });
    const source = ReadableStream.from([1, 2]);
    expect((runtime.eval('(s) => s instanceof ReadableStream') as JsFunction)(source)).toBe(true);
    await runtime.closeAsync();
    expect(await collect(source)).toEqual([1, 2]);
  });

  it('F065: closing the runtime cancels what the guest was reading', async () => {
    const runtime = make({ streams: true });
    let reason: unknown;
    const source = new ReadableStream({
      pull: (c) => c.enqueue(1),
      cancel(why) {
        reason = why;
      },
    });
    await (runtime.eval('(async (s) => { await (reader = s.getReader()).read() })') as JsFunction).callAsync([source]);
    runtime.close();
    await until(() => reason !== undefined, 'the cancel');
    expect(reason).toBeInstanceOf(RuntimeClosedError);
  });

  it('F063: a locked stream does not cross', () => {
    const runtime = make({ streams: true });
    const source = ReadableStream.from([1]);
    source.getReader();
    expect(() => (runtime.eval('(s) => 1') as JsFunction)(source)).toThrow(/locked/);
  });

  it('V26: there and back, and through a TransformStream of the guest', async () => {
    const runtime = make({ streams: true });
    const same = runtime.eval('(s) => s') as JsFunction;
    expect(await collect(same(ReadableStream.from([1, 2])) as ReadableStream)).toEqual([1, 2]);
    const upper = runtime.eval(`(s) => s.pipeThrough(new TransformStream({
      transform(chunk, c) { c.enqueue(chunk.toUpperCase()) } }))`) as JsFunction;
    expect(await collect(upper(ReadableStream.from(['a', 'b'])) as ReadableStream)).toEqual(['A', 'B']);
  });

  it('V26: a stream nobody has read from comes home as itself, from either side', async () => {
    const runtime = make({ streams: true });
    const same = runtime.eval('(s) => s') as JsFunction;
    const mine = ReadableStream.from([1, 2]);
    expect(same(mine)).toBe(mine);
    async function* words() {
      yield 'a';
    }
    const source = words();
    expect((same({ deep: [source] }) as { deep: unknown[] }).deep[0]).toBe(source);
    const { stream, check } = runtime.eval(`
      const theirs = new ReadableStream({ start(c) { c.enqueue('x'); c.close() } });
      ({ stream: theirs, check: (s) => s === theirs })`) as { stream: ReadableStream; check: JsFunction };
    expect(check(stream)).toBe(true);
    expect(await collect(stream)).toEqual(['x']);
    expect(await collect(mine)).toEqual([1, 2]);
  });

  it('V26: one that was read from comes home as a stream of what is left', async () => {
    const runtime = make({ streams: true });
    const first = runtime.eval(
      '(async (s) => { const r = s.getReader(); await r.read(); r.releaseLock(); return s })',
    ) as JsFunction;
    const mine = ReadableStream.from([1, 2, 3]);
    const back = (await first.callAsync([mine])) as ReadableStream;
    expect(back).not.toBe(mine);
    expect(await collect(back)).toEqual([2, 3]);
    const stream = runtime.eval(`new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); c.close() } })`);
    const reader = (stream as ReadableStream).getReader();
    await reader.read();
    reader.releaseLock();
    const all = runtime.eval(readAll) as JsFunction;
    expect(await all.callAsync([stream])).toEqual([2]);
  });

  it('V26: one stream given to two runtimes is read by the first that asks', async () => {
    const [one, two] = [make({ streams: true }), make({ streams: true })];
    const source = ReadableStream.from([1, 2]);
    const [first, second] = [one, two].map((runtime) =>
      runtime.eval<JsFunction>(`
      globalThis.take = (s) => { stream = s }; globalThis.stream = undefined; take`),
    );
    first?.(source);
    second?.(source);
    expect(await one.evalAsync(`${readAll}(stream)`)).toEqual([1, 2]);
    expect((await failure(() => two.evalAsync(`${readAll}(stream)`))).message).toMatch(/locked/i);
  });

  it('B130, F083: in a runtime from a snapshot', async () => {
    const snapshot = await new SnapshotBuilder()
      .executeScript(
        'lib.js',
        'globalThis.total = async (s) => { let n = 0; for await (const c of s) n += c; return n }',
      )
      .buildAsync();
    const runtime = make({ snapshot, streams: true });
    expect(await runtime.eval<JsFunction>('total').callAsync([ReadableStream.from([1, 2, 3])])).toBe(6);
    expect(await collect(runtime.eval('new ReadableStream({ start(c) { c.enqueue(5); c.close() } })'))).toEqual([5]);
  });

  it('F061: a chunk obeys the transfer limits', async () => {
    const runtime = make({ streams: true, maxTransferBytes: 10_000 });
    const all = runtime.eval(readAll) as JsFunction;
    const error = await failure(() => all.callAsync([ReadableStream.from(['x'.repeat(20_000)])]));
    expect(error.message).toMatch(/bytes|large/i);
    const big = runtime.eval(`new ReadableStream({ start(c) { c.enqueue('x'.repeat(20000)) } })`) as ReadableStream;
    expect(await failure(() => big.getReader().read())).toBeInstanceOf(TransferError);
  });
});
