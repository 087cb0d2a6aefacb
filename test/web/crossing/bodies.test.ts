import type { JsFunction } from 'isolet';
import { describe, expect, it, vi } from 'vitest';
import { failure, useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

const endless = `new ReadableStream({
  pull(c) { c.enqueue(new Uint8Array(1000)); },
  cancel(reason) { globalThis.cancelled = reason; },
})`;

describe('the body of a request or response that crosses', () => {
  it('is read as the other side reads, chunk by chunk, and cancelled with its reason', async () => {
    const runtime = runtimes.make({ web: true });
    const response = runtime.eval<Response>(`new Response(${endless})`);
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect((await reader.read()).value?.byteLength).toBe(1000);
    await reader.cancel('enough');
    expect(runtime.eval('globalThis.cancelled')).toBe('enough');

    const cancel = vi.fn();
    let pulled = 0;
    const mine = new Response(
      new ReadableStream(
        {
          pull(controller) {
            pulled++;
            controller.enqueue(new Uint8Array(10));
          },
          cancel,
        },
        { highWaterMark: 0 },
      ),
    );
    const take = runtime.eval<JsFunction>(
      "async (it) => { const reader = it.body.getReader(); await reader.read(); await reader.cancel('no more'); return it.bodyUsed; }",
    );
    expect(await take.callAsync([mine])).toBe(true);
    expect(cancel).toHaveBeenCalledWith('no more');
    expect(pulled).toBe(1);
    expect(mine.bodyUsed).toBe(true);
  });

  it('is taken from the original when the other side begins to read, not before', async () => {
    const runtime = runtimes.make({ web: true });
    const mine = new Response('text');
    const hold = runtime.eval<JsFunction>('(it) => { globalThis.held = it; }');
    hold(mine);
    expect(mine.bodyUsed).toBe(false);
    expect(await runtime.evalAsync('held.text()')).toBe('text');
    expect(mine.bodyUsed).toBe(true);

    const copy = runtime.eval<Response>("globalThis.big = new Response('x'.repeat(100_000))");
    expect(runtime.eval('big.bodyUsed')).toBe(false);
    expect(await copy.text()).toHaveLength(100_000);
    expect(runtime.eval('big.bodyUsed')).toBe(true);
  });

  it('may have chunks without bytes, which the guest does not see', async () => {
    const runtime = runtimes.make({ web: true });
    const gaps = () =>
      new Response(
        new ReadableStream({
          start(controller) {
            for (const size of [0, 0, 3, 0, 4, 0]) controller.enqueue(new Uint8Array(size));
            controller.close();
          },
        }),
      );
    const sizes = runtime.eval<JsFunction>(
      'async (it) => { const all = []; for await (const chunk of it.body) all.push(chunk.length); return all; }',
    );
    expect(await sizes.callAsync([gaps()])).toEqual([3, 4]);
    const filled = runtime.eval<JsFunction>(
      "async (it) => (await it.body.getReader({ mode: 'byob' }).read(new Uint8Array(9))).value.length",
    );
    expect(await filled.callAsync([gaps()])).toBe(3);
  });

  it('can still be read after it was only logged', async () => {
    const lines: unknown[][] = [];
    const runtime = runtimes.make({ web: true, console: (_level, args) => void lines.push(args) });
    const text = await runtime.evalAsync(
      `(async () => { const it = new Response(${endless.replace('pull', 'start').replace('cancel(', 'x(').replace('));', ')); c.close();')}); console.log(it); return (await it.arrayBuffer()).byteLength; })()`,
    );
    expect(text).toBe(1000);
    await expect.poll(() => lines[0]?.[0]).toBeInstanceOf(Response);
  });

  it('that was read or is locked does not cross, with its object', async () => {
    const runtime = runtimes.make({ web: true });
    const used = new Response('x');
    await used.text();
    const locked = new Request('https://example.com/', { method: 'POST', body: 'x' });
    locked.body?.getReader();
    const take = runtime.eval<JsFunction>('() => {}');
    expect((await failure(() => take(used))).message).toContain('Response whose body was read already');
    expect((await failure(() => take({ a: [locked] }))).message).toContain('Request whose body is locked');
    expect((await failure(() => runtime.eval("const r = new Response('x'); r.text(); [r]"))).message).toContain(
      'Response whose body is locked or was read',
    );
  });

  it('comes home as it left, unread', async () => {
    const runtime = runtimes.make({ web: true });
    const response = runtime.eval<Response>(`new Response(${endless}, { status: 201 })`);
    const back = runtime.eval<JsFunction>(
      'async (it) => { const reader = it.body.getReader(); const { value } = await reader.read(); await reader.cancel(); return [it.status, value.length]; }',
    );
    expect(await back.callAsync([response])).toEqual([201, 1000]);
    const mine = new Response('mine', { headers: { a: 'b' } });
    const again = runtime.eval<JsFunction>('(it) => it')(mine) as Response;
    expect([await again.text(), again.headers.get('a')]).toEqual(['mine', 'b']);
    expect(mine.bodyUsed).toBe(true);
  });

  it('without a type arrives without one', async () => {
    const runtime = runtimes.make({ web: true });
    const response = runtime.eval<Response>(
      "(() => { const r = new Response('x'); r.headers.delete('content-type'); return r; })()",
    );
    expect([[...response.headers], await response.text()]).toEqual([[], 'x']);
  });

  it('fails with what its stream fails with', async () => {
    const runtime = runtimes.make({ web: true });
    const response = runtime.eval<Response>(
      "new Response(new ReadableStream({ pull() { throw new RangeError('broken'); } }, { highWaterMark: 0 }))",
    );
    expect((await failure(() => response.text())).message).toContain('broken');
    const odd = runtime.eval<Response>('new Response(new ReadableStream({ pull(c) { c.enqueue(5); } }))');
    await failure(() => odd.text());
  });

  it('of a guest that ends fails', async () => {
    const runtime = runtimes.make({ web: true });
    const response = runtime.eval<Response>(`new Response(${endless})`);
    runtime.close();
    await failure(() => response.text());
  });
});

describe('a Blob that crosses', () => {
  it('of the host stays there: the guest reads what it needs, also of one that is larger than a message', async () => {
    const runtime = runtimes.make({ web: true, maxTransferBytes: 100_000 });
    const bytes = new Uint8Array(500_000).map((_, i) => i % 251);
    const blob = new Blob([bytes]);
    const use = runtime.eval<JsFunction>(`async (blob) => {
      const all = new Uint8Array(await blob.arrayBuffer());
      let sum = 0;
      for await (const chunk of blob.slice(100, 300_100).stream()) for (const byte of chunk) sum += byte;
      return [blob.size, all.length, all[777], [...new Uint8Array(await blob.slice(-3).arrayBuffer())], sum];
    }`);
    const sum = bytes.slice(100, 300_100).reduce((a, b) => a + b, 0);
    expect(await use.callAsync([blob])).toEqual([500_000, 500_000, 777 % 251, [...bytes.slice(-3)], sum]);
  });

  it('of the host comes home with its bytes, a part of it and in a Blob with others', async () => {
    const runtime = runtimes.make({ web: true, maxTransferBytes: 50_000 });
    const blob = new Blob(['0123456789'.repeat(100_000)]);
    const home = runtime.eval<JsFunction>("(blob) => new File(['<', blob.slice(10, 500_000), '>'], 'part')");
    const file = home(blob) as File;
    expect([file.name, file.size]).toEqual(['part', 499_992]);
    expect(await file.text()).toBe(`<${'0123456789'.repeat(49_999)}>`);
  });

  it('of the guest brings its own bytes and no others', async () => {
    const runtime = runtimes.make({ web: true, maxTransferBytes: 50_000 });
    const part = runtime.eval<Blob>("new Blob(['x'.repeat(1_000_000) + 'end']).slice(-5)");
    expect(await part.text()).toBe('xxend');
    expect((await failure(() => runtime.eval("new Blob(['x'.repeat(1_000_000)])"))).name).toBe('TransferError');
  });
});
