import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

describe('a small body that is at hand', () => {
  it.each([
    ['text', 'a text ü', 'a text ü'],
    ['bytes', new Uint8Array([97, 98]), 'ab'],
    ['an empty text', '', ''],
    ['a form', new URLSearchParams({ a: '1' }), 'a=1'],
    ['64 KiB', 'x'.repeat(65_536), 'x'.repeat(65_536)],
  ])('travels with the answer of web.fetch: %s', async (_, body, text) => {
    const runtime = runtimes.make({ web: { fetch: () => new Response(body) } });
    expect(await runtime.evalAsync("fetch('http://a.test/').then((it) => it.text())")).toBe(text);
    expect(runtime.getStats().totalHostStreams).toBe(0);
  });

  it('is a stream where it is not: large, slow, or of another kind', async () => {
    const slow = () =>
      new ReadableStream({
        type: 'bytes',
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 5));
          controller.enqueue(new TextEncoder().encode('slow'));
          controller.close();
        },
      });
    const other = () => ReadableStream.from([new Uint8Array([97])]);
    for (const [make, text] of [
      [() => 'y'.repeat(65_537), 'y'.repeat(65_537)],
      [slow, 'slow'],
      [other, 'a'],
    ] as const) {
      const runtime = runtimes.make({ web: { fetch: () => new Response(make() as string) } });
      expect(await runtime.evalAsync("fetch('http://a.test/').then((it) => it.text())")).toBe(text);
      expect(runtime.getStats().totalHostStreams).toBe(1);
    }
  });

  it('keeps its failure and its cancellation when it turns out to be a stream', async () => {
    const cancelled: unknown[] = [];
    let pulls = 0;
    const failing = (after: number) =>
      new ReadableStream({
        type: 'bytes',
        pull(controller) {
          if (++pulls > after) controller.error(new RangeError('broken'));
          else controller.enqueue(new Uint8Array(40_000));
        },
        cancel: (reason) => void cancelled.push(reason),
      });
    const runtime = runtimes.make({ web: { fetch: ({ url }) => new Response(failing(Number(url.split('/').pop()))) } });
    const read =
      "async (n) => { try { return await (await fetch('http://a.test/' + n)).text(); } catch (e) { return e.message; } }";
    expect(await runtime.evalAsync(`(${read})(0)`)).toBe('broken');
    pulls = 0;
    expect(await runtime.evalAsync(`(${read})(1)`)).toBe('broken');
    pulls = 0;
    await runtime.evalAsync("fetch('http://a.test/9').then((it) => it.body.cancel('enough'))");
    expect(cancelled).toEqual(['enough']);
  });
});
