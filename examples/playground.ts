/** A playground over HTTP: sessions that keep their state, one-off runs, limits for both. Calls itself and ends. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { IsoletError, Runtime, runSandboxed } from 'isolet';

const maxTimeout = 2000;
const maxBody = 64 * 1024;
const maxSessions = 100;
const sessions = new Map<string, Runtime>();

async function readJson(request: IncomingMessage): Promise<{ code: string; timeout: number }> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxBody) throw new RangeError('the request is too large');
  }
  const { code, timeout = 1000 } = JSON.parse(text) as { code?: unknown; timeout?: unknown };
  if (typeof code !== 'string') throw new TypeError("'code' must be a string");
  return { code, timeout: Math.min(Math.max(Number(timeout) || 0, 1), maxTimeout) };
}

async function execute(request: IncomingMessage) {
  const { code, timeout } = await readJson(request);
  const result = await runSandboxed(code, { timeout, maxHeapSize: 16 * 1024 * 1024 });
  if (result.ok) return { ok: true, result: inspect(result.value) };
  return { ok: false, error: `${result.error.name}: ${result.error.message}`, kind: result.error.kind };
}

async function evaluate(id: string, request: IncomingMessage) {
  const { code, timeout } = await readJson(request);
  let runtime = sessions.get(id);
  // A runtime that ran out of memory is gone; the session starts again.
  if (!runtime || runtime.closed) {
    if (sessions.size >= maxSessions) throw new RangeError('too many sessions');
    runtime = await Runtime.create({ name: id, maxHeapSize: 16 * 1024 * 1024 });
    sessions.set(id, runtime);
  }
  try {
    return { ok: true, result: inspect(await runtime.evalAsync(code, { timeout })) };
  } catch (error) {
    if (!(error instanceof IsoletError)) throw error;
    return { ok: false, error: `${error.name}: ${error.message}`, code: error.code };
  }
}

async function drop(id: string) {
  const runtime = sessions.get(id);
  sessions.delete(id);
  await runtime?.closeAsync();
  return { ok: runtime !== undefined };
}

function route(request: IncomingMessage): Promise<object> | undefined {
  const [, first, id] = (request.url ?? '').split('/');
  if (request.method === 'POST' && first === 'execute') return execute(request);
  if (first !== 'sessions' || !id) return undefined;
  if (request.method === 'POST') return evaluate(id, request);
  return request.method === 'DELETE' ? drop(id) : undefined;
}

const server = createServer(async (request, response) => {
  const answer = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  try {
    const work = route(request);
    if (work) answer(200, await work);
    else answer(404, { ok: false, error: 'not found' });
  } catch (error) {
    answer(400, { ok: false, error: error instanceof Error ? error.message : String(error) });
  }
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

async function call(method: string, path: string, body?: unknown) {
  const response = await fetch(`${origin}${path}`, { method, body: JSON.stringify(body) ?? null });
  console.log(`${method} ${path} ${response.status} ${await response.text()}`);
}
await call('POST', '/execute', { code: '[1, 2, 3].map((n) => n ** 2)' });
await call('POST', '/execute', { code: 'for (;;);', timeout: 100 });
await call('POST', '/sessions/alice', { code: 'let total = 40; total' });
await call('POST', '/sessions/alice', { code: 'total += 2' });
await call('POST', '/sessions/bob', { code: 'typeof total' });
await call('DELETE', '/sessions/alice');
await call('POST', '/execute', { code: 5 });
await call('GET', '/nowhere');

for (const id of [...sessions.keys()]) await drop(id);
server.close();
server.closeAllConnections();
