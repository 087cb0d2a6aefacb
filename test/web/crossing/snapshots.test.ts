import { type JsFunction, RuntimePool, SnapshotBuilder } from 'isolet';
import { describe, expect, it } from 'vitest';
import { useRuntimes } from '../../runtime/support.ts';

const runtimes = useRuntimes();

describe.each([
  ['without a warm-up', undefined],
  ['with a warm-up', "new Headers(); new Response('x').clone(); new Blob([]); AbortSignal.abort(); 1"],
])('a runtime of a snapshot with web, %s', (_, warmup) => {
  const build = (script: string) => {
    const builder = new SnapshotBuilder({ web: true }).executeScript('lib.js', script);
    if (warmup !== undefined) builder.warmup(warmup);
    return builder.build();
  };

  it('sends what the scripts of the snapshot made', async () => {
    const snapshot = build(`
      const headers = new Headers({ a: 'b' });
      const response = () => new Response('text', { headers });
      const file = new File(['x'], 'n', { lastModified: 1 });
      const controller = new AbortController();
      const error = new DOMException('m', 'DataError');
    `);
    const runtime = runtimes.make({ snapshot });
    const [headers, response, file, signal, error] = runtime.eval<[Headers, Response, File, AbortSignal, unknown]>(
      '[headers, response(), file, controller.signal, error]',
    );
    expect([headers.get('a'), await response.text(), await file.text(), file.name]).toEqual(['b', 'text', 'x', 'n']);
    expect(error).toBeInstanceOf(DOMException);
    const aborted = new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason)));
    runtime.eval("controller.abort('why')");
    expect(await aborted).toBe('why');
  });

  it('makes what arrives of the classes that its scripts took', async () => {
    const snapshot = build(
      'const mine = [Headers, Request, Response, Blob, File, FormData, AbortSignal, URL, DOMException];',
    );
    const runtime = runtimes.make({ snapshot, web: { userAgent: 'x' } });
    const form = new FormData();
    form.set('a', new Blob(['x']));
    const check = runtime.eval<JsFunction>('(list) => list.map((it, i) => it instanceof mine[i]).join()');
    const values = [
      new Headers(),
      new Request('https://example.com/'),
      new Response('x'),
      new Blob(['x']),
      new File(['x'], 'n'),
      form,
      new AbortController().signal,
      new URL('https://example.com/'),
      new DOMException('m'),
    ];
    expect(check(values)).toBe(values.map(() => true).join());
  });
});

it('a snapshot without web starts runtimes in which objects of the web cross', async () => {
  const snapshot = new SnapshotBuilder().executeScript('lib.js', 'const n = 1;').build();
  const runtime = runtimes.make({ snapshot, web: true });
  const response = runtime.eval<JsFunction>('(request) => Response.json({ url: request.url, n })')(
    new Request('https://example.com/x'),
  ) as Response;
  expect(await response.json()).toEqual({ url: 'https://example.com/x', n: 1 });
});

describe('functions of a pool', () => {
  it('take and answer objects of the web, and hand them to the platform', async () => {
    const seen: unknown[] = [];
    const pool = new RuntimePool(
      {
        keep: async (it: unknown) => {
          seen.push(it);
          return new Headers({ kept: 'yes' });
        },
      } as never,
      { web: true },
    ) as unknown as RuntimePool<never>;
    const code = `async ({ request, file }) => {
      const text = await request.text() + await file.text();
      const headers = await keep(new Blob([text]));
      return new Response(text.toUpperCase(), { status: 201, headers });
    }`;
    try {
      const event = {
        request: new Request('https://example.com/', { method: 'POST', body: 'body ' }),
        file: new File(['file'], 'n'),
      };
      const response = (await pool
        .invoke({ tenantId: 't', name: 'f', code, memoryMb: 16 } as never, event)
        .catch((error: unknown) => error)) as Response;
      expect(response).toBeInstanceOf(Response);
      expect([response.status, response.headers.get('kept'), await response.text()]).toEqual([201, 'yes', 'BODY FILE']);
      expect(await (seen[0] as Blob).text()).toBe('body file');
    } finally {
      await pool.close();
    }
  });
});
