import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { Raw, useGateway } from './support.ts';

const made = useGateway(
  {
    echo: 'export default { fetch: (request) => new Response(request.body) }',
    length: 'export default { fetch: async (request) => Response.json((await request.arrayBuffer()).byteLength) }',
    packed: '({ headers, body }) => [headers["content-encoding"], body instanceof Uint8Array, body.length]',
    event: '({ body }) => (typeof body === "string" ? body.length : body)',
    early: 'export default { fetch: () => new Response("early") }',
    events: `export default { fetch(request) {
      let n = 0;
      return new Response(new ReadableStream({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve, 1));
          controller.enqueue(new TextEncoder().encode('data: ' + n++ + '\\n\\n'));
        },
        cancel() { globalThis.cancelled = true; },
      }), { headers: { 'content-type': 'text/event-stream' } });
    } }`,
    waits: `(() => {
      const seen = { started: 0, ended: 0 };
      return async (event) => {
        if (event.path === '/seen') return seen;
        seen.started++;
        try { await new Promise((resolve) => setTimeout(resolve, 600000)); } finally { seen.ended++; }
      };
    })()`,
    gone: `(() => {
      const seen = { started: 0, aborted: 0 };
      return { async fetch(request) {
        if (request.url.endsWith('/seen')) return Response.json(seen);
        seen.started++;
        request.signal.addEventListener('abort', () => seen.aborted++);
        await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      } };
    })()`
      .replace(/^\(\(\) => \{/, 'const make = () => {')
      .replace(/\}\)\(\)$/, '};\nexport default make();'),
    large: 'export default { fetch: () => new Response("x".repeat(4000000)) }',
  },
  { gateway: { maxBody: 1_000_000 }, tiers: { standard: { timeout: 20_000, concurrency: 1000 } } },
);

const url = (path: string): string => `${made.server.url}/fn/acme/${path}`;
const post = (path: string, body: RequestInit['body'], headers = {}): Promise<Response> =>
  fetch(url(path), { method: 'POST', body: body ?? null, headers, duplex: 'half' } as RequestInit);

const seen = (name: string, wanted: object): Promise<void> =>
  expect.poll(async () => (await fetch(url(`${name}/seen`))).json()).toMatchObject(wanted);

it.each([0, 1, 65_535, 65_536, 65_537, 900_000])('%d bytes go in and come out as they are', async (size) => {
  const bytes = randomBytes(size);
  for (const body of [bytes, new Blob([bytes]).stream()]) {
    const answer = await post('echo', body);
    expect(answer.status).toBe(200);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  }
});

it('a chunk comes back before the next one is sent', async () => {
  await using raw = await Raw.open(made.server);
  raw.send('POST /fn/acme/echo HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n');
  for (const text of ['one', 'two', 'six']) {
    raw.send(`3\n${text}\n`);
    await raw.until(text);
  }
  raw.send('0\n\n');
  await raw.until('0\r\n\r\n');
});

it('server-sent events come one by one, and stop when the client goes', async () => {
  const answer = await fetch(url('events'));
  expect(answer.headers.get('content-type')).toBe('text/event-stream');
  const reader = (answer.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('data: 3')) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
});

it('a client that goes ends its invocation, before the answer too', async () => {
  for (let i = 0; i < 3; i++) {
    await using raw = await Raw.open(made.server);
    raw.send('GET /fn/acme/gone HTTP/1.1\nHost: a\n\n');
    await seen('gone', { started: i + 1 });
    raw.socket.destroy();
    await seen('gone', { started: i + 1, aborted: i + 1 });
  }
});

it.each(['event', 'length'])('a body that is too large is refused as soon as that is known: %s', async (name) => {
  const said = await post(name, new Uint8Array(1_000_001));
  expect(said.status).toBe(413);
  expect(await said.json()).toMatchObject({ code: 'ERR_ISOLET_SERVER_TOO_LARGE', limit: 'maxBody', value: 1_000_000 });
  await using raw = await Raw.open(made.server);
  raw.send(`POST /fn/acme/${name} HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n`);
  const chunk = 'x'.repeat(50_000);
  raw.socket.on('drain', () => {});
  for (let i = 0; i < 40 && !raw.closed; i++) raw.send(`${chunk.length.toString(16)}\n${chunk}\n`);
  await raw.until('ERR_ISOLET_SERVER_TOO_LARGE');
  expect(raw.statuses).toEqual([413]);
  await raw.untilClosed();
});

it('what is packed is handed on as it is: nothing grows in the server', async () => {
  const bomb = gzipSync(Buffer.alloc(100_000_000));
  expect(bomb.length).toBeLessThan(200_000);
  const answer = await post('packed', bomb, { 'content-encoding': 'gzip', 'content-type': 'application/json' });
  expect(await answer.json()).toEqual(['gzip', true, bomb.length]);
});

it('an answer that does not wait for the body ends the connection soon, however much is sent', async () => {
  await using raw = await Raw.open(made.server);
  raw.send('POST /fn/acme/early HTTP/1.1\nHost: a\nContent-Length: 900000\n\nfirst');
  await raw.until('early');
  await raw.untilClosed();
  expect(raw.statuses).toEqual([200]);
});

it('clients that take nothing cost the server their connection and not its memory', async () => {
  const memory = async (): Promise<number> => {
    const { readFileSync } = await import('node:fs');
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${made.server.child.pid}/status`, 'utf8'))?.[1]) / 1024;
  };
  if (process.platform !== 'linux') return;
  await (await fetch(url('events'))).body?.cancel();
  const before = await memory();
  const raws: Raw[] = [];
  for (let i = 0; i < 30; i++) {
    const raw = await Raw.open(made.server);
    raw.socket.pause();
    raw.send('GET /fn/acme/events HTTP/1.1\nHost: a\n\n');
    raws.push(raw);
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await memory()) - before).toBeLessThan(150);
  for (const raw of raws) raw.socket.destroy();
});

it('a body of JSON that is none, and one that never comes to its end, are the client’s fault', async () => {
  const wrong = await post('event', '{"a":', { 'content-type': 'application/json' });
  expect([wrong.status, ((await wrong.json()) as { code: string }).code]).toEqual([400, 'ERR_ISOLET_HANDLER']);
  await using raw = await Raw.open(made.server);
  raw.send('POST /fn/acme/event HTTP/1.1\nHost: a\nContent-Length: 10\n\nabc').socket.end();
  await raw.untilClosed();
  expect(raw.statuses.every((status) => status === 400)).toBe(true);
  expect(await (await post('event', 'ok')).json()).toBe(2);
});
