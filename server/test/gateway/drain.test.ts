import { expect, it } from 'vitest';
import { dataFolder, ServerProcess } from '../server-process.ts';
import { deploy, Raw } from './support.ts';

/** Answers when the platform is told to let it; asks by its path. */
const slow = `export default {
  async fetch(request) {
    const ms = Number(new URL(request.url).pathname.slice(1));
    const text = (words) => new TextEncoder().encode(words);
    return new Response(new ReadableStream({
      async start(controller) {
        controller.enqueue(text('begun '));
        await new Promise((resolve) => setTimeout(resolve, ms));
        controller.enqueue(text('done'));
        controller.close();
      },
    }));
  },
}`;

it('SIGTERM: what is being answered is finished, what comes is refused with 503, and the process ends', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.startWith(folder.path, { drainTimeout: 60_000 });
  await deploy(server, { slow });
  await using before = await Raw.open(server);
  before.send('GET /fn/acme/slow/3000 HTTP/1.1\nHost: a\n\n');
  await before.until('begun');
  const ended = server.end('SIGTERM');
  for (;;) {
    await using after = await Raw.open(server);
    after.send('GET /fn/acme/slow/1 HTTP/1.1\nHost: a\n\n');
    await after.until(/HTTP\/1\.1 \d/);
    if (after.statuses[0] === 200) continue;
    const text = await after.untilClosed();
    expect(after.statuses).toEqual([503]);
    expect(text).toContain('ERR_ISOLET_SERVER_DRAINING');
    expect(text.toLowerCase()).toContain('connection: close');
    break;
  }
  expect(await before.untilClosed()).toContain('done');
  expect(await ended).toBe(0);
});

it('what takes longer than drainTimeout is cut off', async () => {
  await using folder = await dataFolder();
  await using server = await ServerProcess.startWith(folder.path, { drainTimeout: 200 });
  await deploy(server, { slow });
  await using raw = await Raw.open(server);
  raw.send('GET /fn/acme/slow/9000 HTTP/1.1\nHost: a\n\n');
  await raw.until('begun');
  expect(await server.end('SIGTERM')).toBe(0);
  expect(await raw.untilClosed()).not.toContain('done');
});

it('limits of connections: large heads, slow heads and slow bodies are refused and cost no more', async () => {
  await using folder = await dataFolder();
  const http = { maxHeaderSize: 2048, headersTimeout: 1000, requestTimeout: 2000 };
  await using server = await ServerProcess.startWith(folder.path, { http, gateway: { serverTiming: true } });
  await deploy(server, { echo: '(event) => event.rawBody' });
  const large = await fetch(`${server.url}/fn/acme/echo`, { headers: { 'x-a': 'a'.repeat(3000) } });
  expect([large.status, ((await large.json()) as { code: string }).code]).toEqual([
    431,
    'ERR_ISOLET_SERVER_HEADERS_TOO_LARGE',
  ]);
  for (const text of [
    'GET /fn/acme/echo HTTP/1.1\nHos',
    'POST /fn/acme/echo HTTP/1.1\nHost: a\nContent-Length: 5\n\nab',
  ]) {
    await using raw = await Raw.open(server);
    raw.send(text);
    await raw.untilClosed();
    expect(raw.statuses, raw.text).toEqual([408]);
  }
  const timed = await fetch(`${server.url}/fn/acme/echo`, { method: 'POST', body: 'x' });
  expect(await timed.json()).toBe('x');
  expect(timed.headers.get('server-timing')).toMatch(
    /^queue;dur=[\d.]+, (?:cold;dur=[\d.]+, )?run;dur=[\d.]+, cpu;dur=[\d.]+, host;desc="0 calls"$/,
  );
});
