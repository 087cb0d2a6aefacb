import zlib from 'node:zlib';
import { HeapLimitError, TimeoutError } from 'isolet';
import { describe, expect, it } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';

const { make } = useRuntimes();
const bomb = zlib.gzipSync(Buffer.alloc(200 * 2 ** 20), { level: 9 });

describe('compression under the limits of the guest', () => {
  it('a small input that becomes hundreds of megabytes is made as far as it is read', async () => {
    const runtime = make({ web: true, maxHeapSize: 32 * 2 ** 20 });
    const run = runtime.eval(`(async (data) => {
      const { readable, writable } = new DecompressionStream('gzip');
      const writer = writable.getWriter();
      writer.write(data).catch(() => {});
      const reader = readable.getReader();
      let read = 0;
      for (let i = 0; i < 20; i++) read += (await reader.read()).value.length;
      // Nobody reads on: nothing more is made.
      for (let i = 0; i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 1));
      return read;
    })`) as { callAsync(args: unknown[]): Promise<number> };
    expect(await run.callAsync([bomb])).toBeLessThanOrEqual(21 * 64 * 1024);
    expect(runtime.getStats().arrayBufferBytes).toBeLessThan(8 * 2 ** 20);
  });

  it('all of it can be read, and none of it stays', async () => {
    const runtime = make({ web: true, maxHeapSize: 32 * 2 ** 20 });
    const run = runtime.eval(`(async (data) => {
      const { readable, writable } = new DecompressionStream('gzip');
      const writer = writable.getWriter();
      writer.write(data).then(() => writer.close());
      let read = 0;
      for await (const part of readable) read += part.length;
      return read;
    })`) as { callAsync(args: unknown[]): Promise<number> };
    expect(await run.callAsync([bomb])).toBe(200 * 2 ** 20);
  });

  it('whoever keeps it all is ended by the heap limit', async () => {
    const runtime = make({ web: true, maxHeapSize: 32 * 2 ** 20 });
    const run = runtime.eval(`(async (data) => {
      const { readable, writable } = new DecompressionStream('gzip');
      const writer = writable.getWriter();
      writer.write(data).catch(() => {});
      const all = [];
      for await (const part of readable) all.push(part);
    })`) as { callAsync(args: unknown[]): Promise<unknown> };
    const error = await failure(() => run.callAsync([bomb]));
    expect(error instanceof HeapLimitError || error.name === 'RangeError').toBe(true);
  });

  it('an endless stream is stopped by the limits of the call', async () => {
    const runtime = make({ web: true });
    const error = await failure(() =>
      runtime.evalAsync(
        `(async () => {
          const { readable, writable } = new CompressionStream('gzip');
          const writer = writable.getWriter();
          (async () => { for (;;) await writer.write(new Uint8Array(2 ** 20)); })().catch(() => {});
          for await (const part of readable);
        })()`,
        { cpuTimeout: 200 },
      ),
    );
    expect(error).toBeInstanceOf(TimeoutError);
    expect(runtime.eval('1 + 1')).toBe(2);
  });

  it.each(['gzip', 'brotli'])(
    'open streams of %s count as memory: too many are refused, not the process ended',
    async (format) => {
      const runtime = make({ web: true, maxHeapSize: 24 * 2 ** 20 });
      if (
        !runtime.eval(`(() => { try { new CompressionStream('${format}'); return true; } catch { return false; } })()`)
      )
        return;
      const kept = await runtime.evalAsync(`(() => {
      globalThis.all = [];
      try { for (;;) all.push(new CompressionStream('${format}')); } catch (error) {
        return [all.length, error.name];
      }
    })()`);
      const [count, name] = kept as [number, string];
      expect(name).toBe('RangeError');
      expect(count).toBeGreaterThan(1);
      expect(count).toBeLessThan(120);
    },
  );

  it('streams that are dropped give their memory back', async () => {
    const runtime = make({ web: true, maxHeapSize: 24 * 2 ** 20 });
    expect(
      await runtime.evalAsync(`(async () => {
        for (let i = 0; i < 1000; i++) {
          new CompressionStream('gzip');
          if (i % 50 === 0) await null;
        }
        return 'done';
      })()`),
    ).toBe('done');
  });
});
