import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Runtime, RuntimeClosedError } from 'isolet';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

type Answer = (request: Request, caller: { readonly context: unknown }) => Response | Promise<Response>;
const open: Runtime[] = [];
function guest(fetch?: Answer, options = {}): Runtime {
  const runtime = new Runtime({ web: fetch ? { fetch } : true, ...options });
  open.push(runtime);
  return runtime;
}
afterEach(() => {
  for (const runtime of open.splice(0)) runtime.close();
});

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('fetch', () => {
  test('is refused where the host gave nothing to answer it', async () => {
    const runtime = guest();
    await expect(runtime.evalAsync('fetch("https://a.test/")')).rejects.toMatchObject({
      name: 'TypeError',
      message: expect.stringContaining('web.fetch'),
    });
  });

  test('gives the host a Request and the guest the Response', async () => {
    const seen: unknown[] = [];
    const runtime = guest(
      async (request, caller) => {
        seen.push(
          request instanceof Request,
          request.method,
          request.url,
          request.headers.get('a'),
          request.redirect,
          await request.text(),
          'context' in caller,
        );
        return new Response('answer', {
          status: 201,
          statusText: 'Made',
          headers: [
            ['x', 'y'],
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
          ],
        });
      },
      { name: 'mine' },
    );
    const answer = await runtime.evalAsync(`
      fetch('https://a.test/p?q', { method: 'POST', body: 'sent', headers: { a: 'b' }, redirect: 'manual' }).then(async (response) => [
        response instanceof Response, response.status, response.statusText, response.headers.get('x'), response.headers.getSetCookie(),
        await response.text(), response.bodyUsed, response.type])`);
    expect(seen).toEqual([true, 'POST', 'https://a.test/p?q', 'b', 'manual', 'sent', true]);
    expect(answer).toEqual([true, 201, 'Made', 'y', ['a=1', 'b=2'], 'answer', true, 'default']);
  });

  test('streams both bodies, each chunk when the other side asks', async () => {
    const order: string[] = [];
    const runtime = guest((request) => {
      const reader = (request.body as ReadableStream<Uint8Array>).getReader();
      return new Response(
        new ReadableStream(
          {
            async pull(controller) {
              const { done, value } = await reader.read();
              order.push(done ? 'end' : `${value[0]}`);
              if (done) controller.close();
              else controller.enqueue(value.map((byte) => byte + 100));
            },
          },
          { highWaterMark: 0 },
        ),
      );
    });
    runtime.bindFunction('note', (what: string) => void order.push(what));
    const seen = await runtime.evalAsync(`(async () => {
      let n = 0;
      const body = new ReadableStream({ pull(c) { if (n === 3) c.close(); else { note('made ' + ++n); c.enqueue(new Uint8Array([n])); } } }, { highWaterMark: 0 });
      const response = await fetch('https://a.test/', { method: 'POST', body, duplex: 'half' });
      const got = [];
      for await (const chunk of response.body) { note('got'); got.push(...chunk); }
      return got;
    })()`);
    expect(seen).toEqual([101, 102, 103]);
    expect(order).toEqual(['made 1', '1', 'got', 'made 2', '2', 'got', 'made 3', '3', 'got', 'end']);
  });

  test('what the host throws is what it rejects with, and an answer that is none is said', async () => {
    const runtime = guest((request) => {
      if (request.url.endsWith('throw')) throw new RangeError('not there');
      if (request.url.endsWith('error')) return Response.error();
      return 'text' as never;
    });
    const name = (path: string) =>
      runtime.evalAsync(`fetch('https://a.test/${path}').catch((error) => error.name + ': ' + error.message)`);
    expect(await name('throw')).toBe('RangeError: not there');
    expect(await name('error')).toMatch(/^TypeError/);
    expect(await name('text')).toMatch(/^TypeError: web\.fetch must answer with a Response, got string/);
  });

  test('an answer that comes too late is cancelled', async () => {
    const cancelled: unknown[] = [];
    let answerNow = () => {};
    const runtime = guest(async () => {
      await new Promise<void>((resolve) => (answerNow = resolve));
      return new Response(new ReadableStream({ cancel: (reason) => void cancelled.push(reason) }));
    });
    const name = await runtime.evalAsync(
      "fetch('https://a.test/', { signal: AbortSignal.timeout(20) }).catch((error) => error.name)",
    );
    answerNow();
    await expect.poll(() => cancelled.length).toBe(1);
    expect([name, (cancelled[0] as Error).name]).toEqual(['TimeoutError', 'TimeoutError']);
  });

  test('answers that the guest forgets are cancelled in the host', async () => {
    let cancelled = 0;
    const runtime = guest(
      () =>
        new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1)), cancel: () => void cancelled++ })),
    );
    for (let i = 0; i < 600; i++) await runtime.evalAsync("fetch('https://a.test/').then((it) => it.status)");
    await expect.poll(() => cancelled).toBeGreaterThan(200);
  });

  test('answers that the guest keeps are bounded, until it lets some of them go', async () => {
    const runtime = guest(() => new Response(new ReadableStream({ pull: (c) => c.enqueue(new Uint8Array(1)) })));
    const [kept, message] = (await runtime.evalAsync(
      `(async () => {
        const all = [];
        try { for (;;) all.push(await fetch('https://a.test/')); }
        catch (error) { globalThis.all = all; return [all.length, error.message]; }
      })()`,
    )) as [number, string];
    expect(kept).toBe(1024);
    expect(message).toContain('answers are open');
    expect(
      await runtime.evalAsync("all[0].body.cancel().then(() => fetch('https://a.test/')).then((it) => it.ok)"),
    ).toBe(true);
  });

  test("the host's signal fires when a timeout or a close stops the guest", async () => {
    const reasons: unknown[] = [];
    const answer: Answer = (request) => {
      request.signal.addEventListener('abort', () => reasons.push(request.signal.reason));
      return aborted(request.signal);
    };
    const slow = guest(answer);
    await expect(slow.evalAsync('fetch("https://a.test/")', { timeout: 1500 })).rejects.toMatchObject({
      code: 'ERR_ISOLET_TIMEOUT',
    });
    expect(reasons).toEqual([expect.objectContaining({ code: 'ERR_ISOLET_TIMEOUT' })]);
    const closed = guest(answer);
    const call = closed.evalAsync('globalThis.begun = fetch("https://a.test/"); begun').catch((error) => error);
    await closed.evalAsync('0');
    closed.close();
    expect(await call).toBeInstanceOf(RuntimeClosedError);
    expect(reasons[1]).toBeInstanceOf(RuntimeClosedError);
  });

  test('a body that the guest drops or cancels is cancelled in the host', async () => {
    const cancelled: unknown[] = [];
    const runtime = guest(
      () =>
        new Response(
          new ReadableStream(
            { pull: (c) => c.enqueue(new Uint8Array(1)), cancel: (why) => void cancelled.push(why) },
            { highWaterMark: 0 },
          ),
        ),
    );
    await runtime.evalAsync('fetch("https://a.test/").then((response) => response.body.cancel("enough"))');
    expect(cancelled).toEqual(['enough']);
  });

  test('knows data: URLs without the host, and no other scheme', async () => {
    const runtime = guest();
    const seen = await runtime.evalAsync(`(async () => {
      const show = async (url) => { const r = await fetch(url); return [r.status, r.headers.get('content-type'), await r.text()]; };
      return [await show('data:,a%20b#c'), await show('data:text/html;charset=x;base64,PGI+'), await show('data:;base64, YQ= ='),
        ...(await Promise.all(['data:x', 'data:;base64,*', 'about:blank', 'file:///etc/passwd', 'ftp://a.test/', 'blob:x', 'https://a.test:25/'].map((url) => fetch(url).catch((e) => e.name))))];
    })()`);
    expect(seen).toEqual([
      [200, 'text/plain;charset=US-ASCII', 'a b'],
      [200, 'text/html;charset=x', '<b>'],
      [200, 'text/plain;charset=US-ASCII', 'a'],
      ...Array(7).fill('TypeError'),
    ]);
  });

  test('an option that is no function is refused', () => {
    expect(() => new Runtime({ web: { fetch: 'yes' as never } })).toThrow(/web\.fetch/);
  });
});

describe("fetch through Node's own", () => {
  let server: Server;
  let url: string;
  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      response.setHeader('x-method', request.method as string);
      if (request.url === '/redirect') return void response.writeHead(302, { location: '/end' }).end();
      response.end(
        request.url === '/large'
          ? Buffer.alloc(1_000_000, 5)
          : Buffer.concat([Buffer.from(`${request.url} `), ...chunks]),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test('requests, redirects and large bodies', async () => {
    const runtime = guest((request) => fetch(request));
    const seen = await runtime.evalAsync(`(async () => {
      const post = await fetch('${url}/echo', { method: 'POST', body: new Blob(['x'.repeat(100000)]) });
      const text = await post.text();
      const redirected = await fetch('${url}/redirect');
      const large = await (await fetch('${url}/large')).arrayBuffer();
      return [post.headers.get('x-method'), text.length, redirected.redirected, redirected.url, await redirected.text(), large.byteLength];
    })()`);
    expect(seen).toEqual(['POST', 100006, true, `${url}/end`, '/end ', 1_000_000]);
  });
});
