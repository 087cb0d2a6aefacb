import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { invocationOf } from 'isolet';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { stackOf } from '../../examples/recipes/bundle.ts';
import { deployed, serve } from './support.ts';

const post = (body: object, headers = {}) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json', ...headers },
});

test('the functions compile with the types of guests', () => {
  const folder = fileURLToPath(new URL('../../examples/recipes/functions/', import.meta.url));
  const config = ts.readConfigFile(`${folder}tsconfig.json`, ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config.config, ts.sys, folder);
  const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
  expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});

describe('routers', () => {
  test('a Hono application', async () => {
    const notes = new Map<string, string>();
    const kv = {
      get: async (key: string) => notes.get(key),
      set: async (key: string, text: string) => void notes.set(key, text),
    };
    const { ask } = await deployed('hono', { api: { kv } });
    expect((await ask('/notes/1')).status).toBe(404);
    const put = { ...post({ text: 'buy tea' }), method: 'PUT' };
    expect((await ask('/notes/1', put)).status).toBe(204);
    const found = await ask('/notes/1');
    expect([await found.json(), found.headers.get('x-powered-by')]).toEqual([{ text: 'buy tea' }, 'hono']);
    expect((await ask('/elsewhere')).status).toBe(404);
  });

  test('a router of itty-router', async () => {
    const { ask } = await deployed('itty', { env: { GREETING: 'hello' } });
    expect(await (await ask('/hello/ada')).json()).toEqual({ message: 'hello ada' });
    expect(await (await ask('/sum?a=1&b=2')).json()).toBe(3);
    expect([(await ask('/teapot')).status, (await ask('/none')).status]).toEqual([418, 404]);
  });
});

test("an SDK's requests go through egress, and are counted", async () => {
  const asked: unknown[] = [];
  const port = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { messages } = JSON.parse(Buffer.concat(chunks).toString());
    asked.push(request.url, request.headers.authorization, messages);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const content of ['forty', '-', 'two'])
      response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
    response.end('data: [DONE]\n\n');
  });
  const env = { API_URL: `http://api.test:${port}/v1`, API_KEY: 'secret' };
  const { ask, serverless } = await deployed('assistant', { env, ports: [port] });
  expect(await (await ask('/', post({ question: 'what is it?' }))).text()).toBe('forty-two');
  expect(asked).toEqual(['/v1/chat/completions', 'Bearer secret', [{ role: 'user', content: 'what is it?' }]]);
  expect(serverless.usage('acme').egress).toMatchObject({ requests: 1, refused: 0 });
  const elsewhere = await deployed('assistant', { env: { ...env, API_URL: 'http://169.254.169.254/v1' } });
  const error = await elsewhere.ask('/', post({ question: 'who am I?' })).catch((reason) => reason);
  expect(error).toBeInstanceOf(Error);
  expect(invocationOf(error)?.egress).toMatchObject({ requests: 1, refused: 1 });
});

test('a webhook believes what is signed and well formed', async () => {
  const paid: unknown[] = [];
  const orders = { pay: async (id: string, amount: number) => void paid.push([id, amount]) };
  const { ask } = await deployed('webhook', { api: { orders }, env: { WEBHOOK_SECRET: 'between us' } });
  const send = (event: object, secret = 'between us') =>
    ask('/', post(event, { 'x-signature': createHmac('sha256', secret).update(JSON.stringify(event)).digest('hex') }));
  const order = { id: 'o1', amount: 5, receipt: 'https://shop.example/o1' };
  expect((await ask('/')).status).toBe(405);
  expect((await send({ type: 'order.paid', order }, 'a guess')).status).toBe(401);
  const wrong = await send({ type: 'order.paid', order: { ...order, amount: -5, receipt: 'no url' } });
  expect([wrong.status, await wrong.json()]).toEqual([422, { issues: ['order.amount', 'order.receipt'] }]);
  expect((await send({ type: 'order.paid', order })).status).toBe(202);
  await expect.poll(() => paid).toEqual([['o1', 5]]);
});

test('server-sent events come one by one, and end with the client', async () => {
  const texts = ['one', 'two', 'three'];
  const asked: number[] = [];
  const news = {
    next: async (after: number) => {
      asked.push(after);
      const text = texts[after];
      return text === undefined ? null : { id: after + 1, text };
    },
  };
  const { ask, serverless } = await deployed('events', { api: { news } });
  const all = await ask('/');
  expect(all.headers.get('content-type')).toBe('text/event-stream');
  expect(await all.text()).toBe(texts.map((text, i) => `id: ${i + 1}\ndata: "${text}"\n\n`).join(''));
  expect(asked).toEqual([0, 1, 2, 3]);
  expect(await (await ask('/', { headers: { 'last-event-id': '2' } })).text()).toBe('id: 3\ndata: "three"\n\n');
  const left = new Promise((resolve) => {
    serverless.on('log', ({ message }) => message.startsWith('the client') && resolve(message));
  });
  const reader = (await ask('/')).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(await left).toMatch(/^the client has left after \d$/);
});

test('a proxy passes both bodies on while they come', async () => {
  const port = await serve((request, response) => {
    response.writeHead(201, { 'content-type': 'text/plain' });
    request.pipe(response);
  });
  const { ask } = await deployed('proxy', { env: { UPSTREAM: `http://up.test:${port}` }, ports: [port] });
  let send = (_: string | null) => {};
  const body = new ReadableStream({
    start(controller) {
      send = (text) => (text === null ? controller.close() : controller.enqueue(new TextEncoder().encode(text)));
    },
  });
  send('first ');
  const response = await ask('/path?q', { method: 'POST', body, duplex: 'half' } as RequestInit);
  expect([response.status, response.headers.get('via')]).toEqual([201, 'isolet']);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toBe('FIRST ');
  send('second');
  expect((await reader?.read())?.value).toBe('SECOND');
  send(null);
  expect((await reader?.read())?.done).toBe(true);
});

test('stack traces point into the TypeScript', async () => {
  const { ask, bundle } = await deployed('prices');
  expect(await (await ask('/tea')).json()).toEqual({ name: 'tea', price: 3.5 });
  const error = await ask('/coffee').catch((reason) => reason);
  const stack = stackOf(error, bundle).split('\n');
  expect(stack[0]).toBe('RangeError: no price for coffee');
  expect(stack[1]).toMatch(/^ {4}at priceOf \(.*price-list\.ts:11:11\)$/);
  expect(stack[2]).toMatch(/prices\.ts:8:\d+\)$/);
});
