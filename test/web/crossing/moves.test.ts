import { createHash } from 'node:crypto';
import type { JsFunction } from 'isolet';
import { Runtime } from 'isolet';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { engine } from '../../../lib/runtime/engine.ts';

vi.mock('../../../lib/guest-file.ts', async () => (await import('../support.ts')).exposeOps());

const open: Runtime[] = [];
function make(options: ConstructorParameters<typeof Runtime>[0] = {}): Runtime {
  const runtime = new Runtime({ web: true, ...options });
  open.push(runtime);
  // What the streams give away, by its length.
  runtime.eval(
    'globalThis.given = []; const { give } = ops.guest; ops.guest.give = (b) => { given.push(b.byteLength); give(b); }',
  );
  return runtime;
}
afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

/** Byte streams: what they are given is nobody's but their reader's. */
const bytesIn = (size: number, chunk: number) => `new ReadableStream({
  type: 'bytes',
  pull(controller) {
    this.at ??= 0;
    const bytes = new Uint8Array(Math.min(${chunk}, ${size} - this.at));
    for (let i = 0; i < bytes.length; i++) bytes[i] = (this.at + i) * 31 >> 3;
    this.at += bytes.length;
    if (bytes.length > 0) controller.enqueue(bytes);
    else { controller.close(); controller.byobRequest?.respond(0); }
  },
})`;
const expected = (size: number) => {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < size; i++) bytes[i] = (i * 31) >> 3;
  return sha(bytes);
};
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const makeHere = (code: string): ReadableStream<Uint8Array> => new Function(`return ${code}`)();

const size = 1_000_000;
const chunk = 100_000;

describe('an ArrayBuffer that was given away', () => {
  it('moves when it leaves the guest from 64 KiB on, and is a copy below', () => {
    const runtime = make();
    const sizes = runtime.eval<number[]>(`
      globalThis.buffers = [65535, 65536, 1_000_000].map((size) => new ArrayBuffer(size));
      for (const buffer of buffers) give(buffer);
      buffers.map((buffer) => buffer.byteLength)`);
    const arrived = runtime.eval<ArrayBuffer[]>('buffers');
    expect(arrived.map(({ byteLength }) => byteLength)).toEqual(sizes);
    expect(runtime.eval('buffers.map((buffer) => buffer.byteLength)')).toEqual([65535, 0, 0]);
  });

  it('is no longer the memory of the guest, also while the host holds it', () => {
    const runtime = make({ maxHeapSize: 16 * 1024 * 1024 });
    const held: ArrayBuffer[] = [];
    for (let i = 0; i < 16; i++) {
      held.push(runtime.eval<ArrayBuffer>('{ const buffer = new ArrayBuffer(4_000_000); give(buffer); buffer }'));
    }
    expect(held.every(({ byteLength }) => byteLength === 4_000_000)).toBe(true);
    // The room that the guest has is what it had before.
    expect(runtime.eval('new ArrayBuffer(8_000_000).byteLength')).toBe(8_000_000);
    expect(() => runtime.eval('new ArrayBuffer(20_000_000)')).toThrow('heap limit');
  });

  it('outlives the guest that it came from', () => {
    const runtime = make();
    const bytes = runtime.eval<Uint8Array>(
      '{ const bytes = new Uint8Array(100_000).fill(7); give(bytes.buffer); bytes }',
    );
    runtime.close();
    expect(bytes.every((byte) => byte === 7)).toBe(true);
  });

  it('stays when the value can not cross', () => {
    const runtime = make();
    const code = '{ globalThis.kept = new ArrayBuffer(100_000); give(kept); [kept, new WeakMap()] }';
    expect(() => runtime.eval(code)).toThrow('WeakMap');
    expect(runtime.eval('kept.byteLength')).toBe(100_000);
  });
});

describe('chunks of 64 KiB or more of a byte stream', () => {
  it('move from the guest to the host, and arrive as they were', async () => {
    const runtime = make();
    const response = runtime.eval<Response>(`new Response(${bytesIn(size, chunk)})`);
    expect(sha(new Uint8Array(await response.arrayBuffer()))).toBe(expected(size));
    expect(runtime.eval('given')).toEqual(Array(size / chunk).fill(chunk));
  });

  it('move from the host to the guest, and arrive as they were', async () => {
    const give = vi.spyOn(engine(), 'giveBuffer');
    const runtime = make({ web: { fetch: () => new Response(makeHere(bytesIn(size, chunk))) } });
    const [length, hash] = await runtime.evalAsync<[number, ArrayBuffer]>(`(async () => {
      const bytes = await (await fetch('http://a.test/')).arrayBuffer();
      return [bytes.byteLength, await crypto.subtle.digest('SHA-256', bytes)];
    })()`);
    expect(length).toBe(size);
    expect(Buffer.from(hash).toString('hex')).toBe(expected(size));
    expect(give).toHaveBeenCalledTimes(size / chunk);
    for (const [buffer] of give.mock.calls) expect(buffer.byteLength).toBe(0);
    give.mockRestore();
  });

  it('are copied of streams of other kinds: their sources may use them again', async () => {
    const give = vi.spyOn(engine(), 'giveBuffer');
    const runtime = make();
    const again = `(() => { globalThis.mine = new Uint8Array(${chunk}); let left = 3;
      return new ReadableStream({ pull: (c) => left-- ? c.enqueue(mine) : c.close() }); })()`;
    const response = runtime.eval<Response>(`new Response(${again})`);
    expect((await response.arrayBuffer()).byteLength).toBe(3 * chunk);
    expect(runtime.eval('[mine.length, given]')).toEqual([chunk, []]);

    const mine = new Uint8Array(chunk);
    let left = 3;
    const stream = new ReadableStream({ pull: (c) => (left-- ? c.enqueue(mine) : c.close()) });
    const read = runtime.eval<JsFunction>('async (response) => (await response.arrayBuffer()).byteLength');
    expect(await read.callAsync([new Response(stream)])).toBe(3 * chunk);
    expect([mine.byteLength, give.mock.calls.length]).toEqual([chunk, 0]);
    give.mockRestore();
  });

  it('are whole for both readers of a clone', async () => {
    const runtime = make();
    const [first, second] = runtime.eval<Response[]>(
      `(() => { const response = new Response(${bytesIn(size, chunk)}); return [response.clone(), response]; })()`,
    ) as [Response, Response];
    const hashes = await Promise.all([first, second].map(async (it) => sha(new Uint8Array(await it.arrayBuffer()))));
    expect(hashes).toEqual([expected(size), expected(size)]);
  });

  it('may be more than the guest has memory for, also when the host keeps them', async () => {
    const runtime = make({ maxHeapSize: 16 * 1024 * 1024 });
    const response = runtime.eval<Response>(`new Response(${bytesIn(64_000_000, 1_000_000)})`);
    let total = 0;
    const kept: Uint8Array[] = [];
    for await (const part of response.body as ReadableStream<Uint8Array>) {
      total += part.byteLength;
      kept.push(part);
    }
    expect([total, kept.length]).toEqual([64_000_000, 64]);
  });
});
