import { expect, test } from 'vitest';
import { failure, until } from '../../runtime/support.ts';
import { usePools } from '../support.ts';
import { chunks, get, handlers, post, settled } from './support.ts';

const make = usePools();

const upper = `
  async fetch(request) {
    const shout = new TransformStream({
      transform(chunk, controller) { controller.enqueue(chunk.map((byte) => byte + 1)); },
    });
    return new Response(request.body.pipeThrough(shout));
  }`;

test('both bodies stream: a chunk of the answer comes before the next of the request is there', async () => {
  const pool = make();
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const response = await pool.fetch(handlers(upper), post(readable));
  const writer = writable.getWriter();
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  for (const byte of [1, 5, 9]) {
    const read = reader.read();
    await writer.write(new Uint8Array([byte]));
    expect((await read).value).toEqual(new Uint8Array([byte + 1]));
  }
  const read = reader.read();
  await writer.close();
  expect(await read).toEqual({ done: true, value: undefined });
});

test('of a request no more is read than the handler asks for', async () => {
  const pool = make();
  let pulled = 0;
  const body = chunks(100, 1000, () => pulled++);
  const spec = handlers(`
    async fetch(request) {
      const reader = request.body.getReader();
      let size = 0;
      for (let i = 0; i < 3; i++) size += (await reader.read()).value.length;
      return new Response(String(size));
    }`);
  expect(await (await pool.fetch(spec, post(body))).text()).toBe('3000');
  await settled();
  expect(pulled).toBe(3);
});

test('of an answer no more is made than somebody reads', async () => {
  const pool = make();
  const spec = handlers(`
    made: 0,
    fetch(request) {
      if (request.method === 'POST') return Response.json(this.made);
      return new Response(new ReadableStream({
        pull: (controller) => { this.made++; controller.enqueue(new Uint8Array(1000)); },
      }, { highWaterMark: 0 }));
    }`);
  const response = await pool.fetch(spec, get());
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  await reader.read();
  await settled();
  expect(await (await pool.fetch(spec, post(''))).json()).toBe(2);
  await reader.cancel();
});

test('bodies that are larger than the memory of the function go through', async () => {
  const pool = make();
  const size = 65_536;
  const response = await pool.fetch(handlers(upper, { memoryMb: 8, timeout: 60_000 }), post(chunks(192, size)));
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) bytes += chunk.byteLength;
  expect(bytes).toBe(192 * size);
});

test('the body of a request is a byte stream', async () => {
  const pool = make();
  const spec = handlers(`
    async fetch(request) {
      const reader = request.body.getReader({ mode: 'byob' });
      const { value } = await reader.read(new Uint8Array(8));
      return Response.json([...value]);
    }`);
  expect(await (await pool.fetch(spec, post(chunks(3, 2)))).json()).toEqual([1, 1]);
});

test('a form, JSON and bytes are read as what they are', async () => {
  const pool = make();
  const spec = handlers(`
    async fetch(request) {
      const kind = new URL(request.url).pathname.slice(1);
      if (kind === 'formData') {
        const form = await request.formData();
        return Response.json([form.get('a'), form.get('file').name, await form.get('file').text()]);
      }
      const value = await request[kind]();
      return Response.json(kind === 'arrayBuffer' ? value.byteLength : value);
    }`);
  const ask = async (path: string, body: unknown) => {
    const request = new Request(`http://a.example/${path}`, { method: 'POST', body, duplex: 'half' } as RequestInit);
    return (await pool.fetch(spec, request)).json();
  };
  const form = new FormData();
  form.set('a', 'ä');
  form.set('file', new File(['content'], 'name.txt'));
  expect(await ask('formData', form)).toEqual(['ä', 'name.txt', 'content']);
  expect(await ask('json', '{"a":[1]}')).toEqual({ a: [1] });
  expect(await ask('arrayBuffer', new Uint8Array(10))).toBe(10);
});

test('a request whose body nobody reads keeps it', async () => {
  const pool = make();
  const request = post(chunks(2, 1));
  await pool.fetch(handlers("fetch: () => new Response('')"), request);
  await settled();
  expect(request.bodyUsed).toBe(false);
  expect((await request.arrayBuffer()).byteLength).toBe(2);
});

test('a body that the handler has begun to read is cancelled when it was answered', async () => {
  const pool = make();
  const cancelled: unknown[] = [];
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1)),
    cancel: (reason) => void cancelled.push(reason),
  });
  const spec = handlers(
    "async fetch(request) { await request.body.getReader().read(); return new Response('enough'); }",
  );
  expect(await (await pool.fetch(spec, post(body))).text()).toBe('enough');
  await until(() => cancelled.length === 1, 'the body is cancelled');
});

test('it may be read in waitUntil, after the answer', async () => {
  const pool = make();
  const lines: string[] = [];
  pool.on('log', ({ message }) => lines.push(message));
  const spec = handlers(`
    async fetch(request, env, ctx) {
      ctx.waitUntil(request.text().then((text) => ctx.log(text)));
      return new Response('taken', { status: 202 });
    }`);
  const { readable, writable } = new TransformStream();
  const response = await pool.fetch(spec, post(readable));
  expect([response.status, await response.text()]).toEqual([202, 'taken']);
  const writer = writable.getWriter();
  for (const text of ['later', ' and more']) await writer.write(new TextEncoder().encode(text));
  await writer.close();
  await until(() => lines.length === 1, 'it was read');
  expect(lines).toEqual(['later and more']);
});

test('what a request fails with the handler sees, and the other way round', async () => {
  const pool = make();
  const spec = handlers(`
    async fetch(request) {
      if (request.method === 'POST') {
        try { await request.text(); } catch (error) { return new Response(error.name + ': ' + error.message); }
      }
      let first = true;
      return new Response(new ReadableStream({
        pull(controller) {
          if (!first) throw new RangeError('no more');
          first = false;
          controller.enqueue(new Uint8Array(1));
        },
      }));
    }`);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new RangeError('the line is cut')) });
  expect(await (await pool.fetch(spec, post(broken))).text()).toBe('RangeError: the line is cut');
  const response = await pool.fetch(spec, get());
  expect(response.status).toBe(200);
  const error = await failure(() => response.text());
  expect(error).toMatchObject({ code: 'ERR_ISOLET_JAVASCRIPT', name: 'RangeError', message: 'no more' });
});

test('a handler may answer with the body of its request', async () => {
  const pool = make();
  const spec = handlers('fetch: (request) => new Response(request.body)');
  const response = await pool.fetch(spec, post(chunks(5, 3)));
  expect((await response.arrayBuffer()).byteLength).toBe(15);
});

test('chunks without bytes are passed over, in requests and in answers', async () => {
  const pool = make();
  const gaps = new ReadableStream({
    start(controller) {
      for (const size of [0, 0, 1, 0, 2, 0]) controller.enqueue(new Uint8Array(size).fill(65));
      controller.close();
    },
  });
  const spec = handlers(`
    async fetch(request) {
      const text = await request.text();
      const sizes = [0, 0, text.length, 0];
      return new Response(new ReadableStream({
        pull(c) { if (sizes.length === 0) c.close(); else c.enqueue(new Uint8Array(sizes.shift()).fill(66)); },
      }));
    }`);
  expect(await (await pool.fetch(spec, post(gaps))).text()).toBe('BBB');
});

test('and with what its own fetch has got, as long as that lasts, also in a runtime for one invocation', async () => {
  const web = {
    fetch: () =>
      new Response(
        chunks(50, 100, () => settled(1)),
        { headers: { 'x-from': 'far' } },
      ),
  };
  const pool = make({}, { web });
  const response = await pool.fetch(handlers("fetch: () => fetch('http://far.example/')", { reuse: 'fresh' }), get());
  expect(response.headers.get('x-from')).toBe('far');
  expect((await response.arrayBuffer()).byteLength).toBe(5000);
});

test('server-sent events come one by one', async () => {
  const pool = make();
  const spec = handlers(`
    fetch() {
      const { readable, writable } = new TransformStream();
      const writer = writable.getWriter();
      (async () => {
        for (let i = 0; i < 3; i++) {
          await writer.write(new TextEncoder().encode('data: ' + i + '\\n\\n'));
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await writer.close();
      })();
      return new Response(readable, { headers: { 'content-type': 'text/event-stream' } });
    }`);
  const response = await pool.fetch(spec, get());
  const texts: string[] = [];
  const decoder = new TextDecoder();
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) texts.push(decoder.decode(chunk));
  expect(texts).toEqual(['data: 0\n\n', 'data: 1\n\n', 'data: 2\n\n']);
});

test('while a body is read the invocation keeps its place, and it is reported when that is over', async () => {
  const pool = make();
  const reports: { work: string; outcome: string; invocationId: string }[] = [];
  for (const name of ['invoke', 'handedOut'] as const) pool.on(name, (report) => reports.push(report));
  const spec = handlers(upper, { concurrency: 1 });
  const response = await pool.fetch(spec, post(chunks(3, 1)), { invocationId: 'i1' });
  expect(pool.stats().active).toBe(1);
  const waits = pool.fetch(spec, post(chunks(1, 1)));
  await settled();
  expect(pool.stats().queued).toBe(1);
  await response.arrayBuffer();
  await (await waits).arrayBuffer();
  await until(() => pool.stats().active === 0, 'all is over');
  expect(reports.map(({ work, outcome }) => `${work} ${outcome}`)).toEqual([
    'invocation ok',
    'handedOut ok',
    'invocation ok',
    'handedOut ok',
  ]);
  expect(reports[1]?.invocationId).toBe('i1');
});
