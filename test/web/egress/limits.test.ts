import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { bodyOf, fetching, here, reasonOf, serve } from './support.ts';

describe('maxRequests', () => {
  test('counts redirects and what was refused', async () => {
    const { port, seen } = await serve((request, response) => {
      if (request.url === '/go') response.writeHead(302, { location: '/' });
      response.end();
    });
    const { fetch } = fetching(here({ ports: [port], maxRequests: 4, deny: 'b.test' }));
    await fetch(`http://a.test:${port}/go`);
    expect(await reasonOf(fetch('http://b.test/'))).toBe('deny');
    await fetch(`http://a.test:${port}/`);
    expect(await reasonOf(fetch(`http://a.test:${port}/`))).toBe('maxRequests');
    expect(seen).toHaveLength(3);
  });
});

describe('maxRequests of a runtime', () => {
  test('are those of one call, with what it leaves behind', async () => {
    const { port, seen } = await serve((_, response) => response.end());
    const { Runtime, egress } = await import('isolet');
    using runtime = new Runtime({ web: { fetch: egress(here({ ports: [port], maxRequests: 2 })) } });
    const code = `Promise.all([1, 2, 3].map(() => fetch('http://a.test:${port}/').then(() => 'ok', () => 'no')))`;
    expect(await runtime.evalAsync(code)).toEqual(['ok', 'ok', 'no']);
    expect(await runtime.evalAsync(code)).toEqual(['ok', 'ok', 'no']);
    const told = new Promise((resolve) => runtime.bindFunction('tell', resolve));
    await runtime.evalAsync(`setTimeout(() => { ${code}.then(tell); }, 5); ${code}; 0`);
    expect(await told).toEqual(['no', 'no', 'no']);
    expect(seen).toHaveLength(6);
  });
});

describe('maxRequestBytes', () => {
  test('bounds a body, however it comes', async () => {
    const bodies: string[] = [];
    const { port } = await serve(async (request, response) => {
      bodies.push(await bodyOf(request).catch(() => 'broken'));
      response.end();
    });
    const { Runtime, egress } = await import('isolet');
    using runtime = new Runtime({ web: { fetch: egress(here({ ports: [port], maxRequestBytes: 10 })) } });
    const post = (body: string, more = '') =>
      runtime.evalAsync(
        `fetch('http://a.test:${port}/', { method: 'POST', body: ${body}${more} }).then((r) => r.status, (e) => e.name + ': ' + e.message)`,
      );
    expect(await post('"0123456789"')).toBe(200);
    expect(await post('"0123456789x"')).toBe(
      'TypeError: fetch was refused (maxRequestBytes): a body of more than 10 bytes',
    );
    const streamed = (n: number) =>
      [
        `new ReadableStream({ n: 0, pull(c) { if (this.n++ < ${n}) c.enqueue(new Uint8Array(5)); else c.close(); } })`,
        `, duplex: 'half'`,
      ] as const;
    expect(await post(...streamed(2))).toBe(200);
    expect(await post(...streamed(3))).toMatch(/^TypeError: fetch was refused \(maxRequestBytes\)/);
    expect(bodies.filter((body) => body !== 'broken').map((body) => body.length)).toEqual([10, 10]);
  });

  test('and what a body says of its length holds', async () => {
    const seen: unknown[] = [];
    const { port } = await serve(async (request, response) => {
      const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
      seen.push([length, encoding, await bodyOf(request).catch(() => 'broken')]);
      response.end();
    });
    const { fetch } = fetching(here({ ports: [port] }));
    const post = (length?: string) =>
      fetch(`http://a.test:${port}/`, {
        method: 'POST',
        body: new Blob(['sent']).stream(),
        duplex: 'half',
        ...(length && { headers: { 'content-length': length } }),
      } as RequestInit);
    await post('4');
    await post();
    expect(await reasonOf(post('3'))).toBe('network');
    expect(await reasonOf(post('5'))).toBe('network');
    expect(seen.slice(0, 2)).toEqual([
      ['4', undefined, 'sent'],
      [undefined, 'chunked', 'sent'],
    ]);
  });
});

describe('maxResponseBytes', () => {
  test('is held to what the answer says of itself, and to what comes', async () => {
    const { port } = await serve(async (request, response) => {
      if (request.url === '/said') response.setHeader('content-length', 1001);
      response.write(Buffer.alloc(600));
      await new Promise((resolve) => setTimeout(resolve, 20));
      response.end(Buffer.alloc(request.url === '/fits' ? 400 : 401));
    });
    const { fetch, records } = fetching(here({ ports: [port], maxResponseBytes: 1000 }));
    expect(await reasonOf(fetch(`http://a.test:${port}/said`))).toBe('maxResponseBytes');
    expect((await fetch(`http://a.test:${port}/said`, { method: 'HEAD' })).headers.get('content-length')).toBe('1001');
    expect((await (await fetch(`http://a.test:${port}/fits`)).arrayBuffer()).byteLength).toBe(1000);
    const long = await fetch(`http://a.test:${port}/long`);
    expect(await reasonOf(long.arrayBuffer())).toBe('maxResponseBytes');
    expect(records.map(({ bytesReceived }) => bytesReceived)).toEqual([0, 0, 1000, 600]);
  });

  test('counts what was unpacked, as it is read', async () => {
    const packed = gzipSync(Buffer.alloc(50_000_000));
    const { port } = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
    const { fetch, records } = fetching(here({ ports: [port], maxResponseBytes: 1_000_000 }));
    const response = await fetch(`http://a.test:${port}/`);
    const before = process.memoryUsage().arrayBuffers;
    expect(await reasonOf(response.arrayBuffer())).toBe('maxResponseBytes');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    expect(records[0]?.bytesReceived).toBeLessThanOrEqual(1_000_000);
  });
});

describe('timeout', () => {
  test('ends a request without an answer, and an answer without an end', async () => {
    const gone: string[] = [];
    const { port } = await serve((request, response) => {
      request.socket.once('close', () => gone.push(request.url as string));
      if (request.url === '/begun') response.write('begun');
    });
    const { fetch, records } = fetching(here({ ports: [port], timeout: 200 }));
    expect(await reasonOf(fetch(`http://a.test:${port}/never`))).toBe('timeout');
    const response = await fetch(`http://a.test:${port}/begun`);
    expect(await reasonOf(response.text())).toBe('timeout');
    expect(records.map(({ status }) => status)).toEqual([undefined, 200]);
    await expect.poll(() => gone).toEqual(['/never', '/begun']);
  });

  test('holds for names and connections too', async () => {
    const { fetch } = fetching(here({ lookup: () => new Promise(() => {}), timeout: 50 }));
    expect(await reasonOf(fetch('http://a.test/'))).toBe('timeout');
    const rules = fetching({ allow: () => new Promise(() => {}), timeout: 50 });
    expect(await reasonOf(rules.fetch('http://a.test/'))).toBe('timeout');
  });
});

describe('abort', () => {
  test('ends the request, whoever it comes from, at every stage', async () => {
    let waiting = 0;
    const { port } = await serve((request, response) => {
      waiting++;
      request.socket.once('close', () => waiting--);
      if (request.url === '/begun') response.write('begun');
    });
    const { fetch, records } = fetching(here({ ports: [port] }));
    const early = AbortSignal.abort('early');
    await expect(fetch(`http://a.test:${port}/`, { signal: early })).rejects.toBe('early');
    const controller = new AbortController();
    const silent = fetch(`http://a.test:${port}/`, { signal: controller.signal });
    await expect.poll(() => waiting).toBe(1);
    controller.abort('now');
    await expect(silent).rejects.toBe('now');
    const other = new AbortController();
    const response = await fetch(`http://a.test:${port}/begun`, { signal: other.signal });
    const reader = response.body?.getReader();
    expect((await reader?.read())?.value).toHaveLength(5);
    other.abort('later');
    await expect(reader?.read()).rejects.toBe('later');
    const cancelled = await fetch(`http://a.test:${port}/begun`);
    await cancelled.body?.cancel();
    await expect.poll(() => waiting).toBe(0);
    expect(records.map(({ error }) => error)).toEqual(['early', 'now', 'later', undefined]);
  });

  test('follows a guest that is stopped', async () => {
    let waiting = 0;
    const { port } = await serve((request) => {
      waiting++;
      request.socket.once('close', () => waiting--);
    });
    const { Runtime, egress } = await import('isolet');
    using runtime = new Runtime({ web: { fetch: egress(here({ ports: [port] })) } });
    const call = runtime.evalAsync(`fetch('http://a.test:${port}/')`, { timeout: 1000 });
    await expect(call).rejects.toMatchObject({ code: 'ERR_ISOLET_TIMEOUT' });
    await expect.poll(() => waiting).toBe(0);
  });
});
