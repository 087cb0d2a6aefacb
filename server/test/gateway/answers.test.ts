import { expect, it } from 'vitest';
import { Raw, useGateway } from './support.ts';

/** Answers what its path says, as JSON: status, headers, how its body is made. */
const web = `export default {
  async fetch(request) {
    const { status, headers, body, chunks, statusText } = JSON.parse(decodeURIComponent(new URL(request.url).pathname.slice(1)));
    let i = 0;
    const stream = chunks && new ReadableStream({
      pull(controller) {
        if (i === chunks.length) return controller.close();
        const chunk = chunks[i++];
        if (chunk === 'fail') return controller.error(new Error('inside'));
        controller.enqueue(new TextEncoder().encode(chunk));
      },
    });
    return new Response(stream ?? body ?? null, { status, statusText, headers });
  },
}`;

/** Puts into the parts of a Response what no Response would take. */
const forger = `export default {
  fetch(request) {
    const [name, value] = JSON.parse(decodeURIComponent(new URL(request.url).pathname.slice(1)));
    const { apply } = Reflect;
    Reflect.apply = (fn, self, args) => (fn === Map.prototype.forEach ? args[0](value, name) : apply(fn, self, args));
    const answer = new Response('body');
    for (const key of ['append', 'set']) try { answer.headers[key](name, value); } catch (error) { if (key === 'set') return Response.json([error.name]); }
    return answer;
  },
}`;

const made = useGateway({ web, forger, value: '() => ({ ok: true })', nothing: '() => {}' });

async function answerOf(asked: object, method = 'GET', name = 'web'): Promise<{ head: string; body: string }> {
  await using raw = await Raw.open(made.server);
  const path = encodeURIComponent(JSON.stringify(asked));
  raw.send(`${method} /fn/acme/${name}/${path} HTTP/1.1\nHost: a\nConnection: close\n\n`);
  const text = await raw.untilClosed();
  expect(raw.statuses, text).toHaveLength(1);
  const end = text.indexOf('\r\n\r\n');
  return { head: text.slice(0, end).toLowerCase(), body: text.slice(end + 4) };
}

it('headers about the connection are the server’s alone', async () => {
  const headers = [
    ...[
      ['connection', 'x-hop, keep-alive'],
      ['x-hop', '1'],
      ['transfer-encoding', 'gzip'],
      ['upgrade', 'h2c'],
    ],
    ...[
      ['keep-alive', 'timeout=1000'],
      ['trailer', 'x'],
      ['te', 'x'],
      ['proxy-authenticate', 'Basic'],
      ['date', 'never'],
    ],
    ['x-kept', '1'],
  ];
  const { head, body } = await answerOf({ headers, body: 'text' });
  expect(body).toBe('text');
  expect(head).toContain('\r\nx-kept: 1\r\n');
  expect(head).toContain('\r\nconnection: close');
  for (const text of ['x-hop', 'gzip', 'upgrade', '1000', 'trailer', 'proxy', 'never'])
    expect(head).not.toContain(text);
});

it.each([
  ['x-a', 'b\r\nx-injected: 1'],
  ['x-a', 'b\nx-injected: 1'],
  ['x-a', 'b\r\n\r\n<script>'],
  ['x-a\r\nx-injected', '1'],
  ['x-a: 1\r\nx-injected', '1'],
  ['x-a', 'b\0c'],
  ['x a', '1'],
  ['', '1'],
  ['x-a', '\u010d\u010ax-injected: 1'],
])('a header that would be two goes nowhere: %j: %j', async (name, value) => {
  for (const [asked, who] of [
    [{ headers: [[name, value]], body: 'text' }, 'web'],
    [[name, value], 'forger'],
  ] as const) {
    const { head, body } = await answerOf(asked, 'GET', who);
    expect(head).not.toContain('x-injected');
    expect(head + body).not.toContain('<script>');
  }
});

it('a reason of its own is one line', async () => {
  expect((await answerOf({ statusText: 'Fine Indeed', body: 'x' })).head).toMatch(/^http\/1\.1 200 fine indeed\r\n/);
  expect((await answerOf({ statusText: 'a\r\nx-injected: 1', body: 'x' })).head).not.toContain('x-injected');
});

it.each([
  ['too long', '2', ['abc', 'def']],
  ['too short', '10', ['abc', 'def']],
])('a stream that is not as long as it says is cut off: %s', async (_what, length, chunks) => {
  const { head, body } = await answerOf({ headers: [['content-length', length]], chunks });
  expect(head).toContain(`content-length: ${length}`);
  expect(body.length).toBeLessThan(7);
  await expect(
    fetch(
      `${made.server.url}/fn/acme/web/${encodeURIComponent(JSON.stringify({ headers: [['content-length', length]], chunks }))}`,
    ).then((response) => response.text()),
  ).rejects.toThrow();
});

it('a stream that is as long as it says keeps its length; one that lies about a body at hand is put right', async () => {
  const stream = await answerOf({ headers: [['content-length', '6']], chunks: ['abc', 'def'] });
  expect([stream.head.includes('content-length: 6'), stream.body]).toEqual([true, 'abcdef']);
  for (const length of ['1', '100', '-1', '1, 2', 'x']) {
    const { head, body } = await answerOf({ headers: [['content-length', length]], body: 'abc' });
    expect([head.match(/content-length: .*/g), body]).toEqual([['content-length: 3'], 'abc']);
  }
  const odd = await answerOf({ headers: [['content-length', '1, 2']], chunks: ['abc'] });
  expect(odd.head).toContain('transfer-encoding: chunked');
  expect(odd.head).not.toContain('content-length');
});

it('a body that fails in the middle ends without the end that would make it whole', async () => {
  const { body } = await answerOf({ chunks: ['abc', 'fail'] });
  expect(body).toBe('3\r\nabc\r\n');
});

it('HEAD and statuses without a body have none, and the connection goes on', async () => {
  await using raw = await Raw.open(made.server);
  const ask = (method: string, asked: object) =>
    raw.send(`${method} /fn/acme/web/${encodeURIComponent(JSON.stringify(asked))} HTTP/1.1\nHost: a\n\n`);
  ask('HEAD', {
    headers: [
      ['content-length', '1000'],
      ['etag', '"e"'],
    ],
    chunks: ['abc'],
  });
  await raw.until('etag: "e"');
  expect(raw.text).toContain('content-length: 1000');
  ask('HEAD', { body: 'abc' });
  for (const status of [204, 205, 304])
    ask('GET', {
      status,
      headers: [
        ['etag', '"e"'],
        ['content-length', '5'],
      ],
    });
  ask('GET', { body: 'the last one' });
  await raw.until('the last one');
  expect(raw.statuses).toEqual([200, 200, 204, 205, 304, 200]);
  expect(raw.text).not.toContain('abc');
});

it('cookies are for the function that sets them, and headers for the whole origin are not handed on', async () => {
  const headers = [
    ['set-cookie', 'a=1; Path=/; Domain=example.com; HttpOnly'],
    ['set-cookie', 'b=2; DOMAIN = .example.com;path=/fn/other'],
    ...['strict-transport-security', 'clear-site-data', 'service-worker-allowed', 'alt-svc', 'nel', 'report-to'].map(
      (name) => [name, '"x"'],
    ),
    ['content-security-policy', "default-src 'self'"],
  ];
  const { head } = await answerOf({ headers, body: '<script></script>' });
  expect(head.match(/set-cookie: .*/g)).toEqual([
    'set-cookie: a=1; httponly; path=/fn/acme/web',
    'set-cookie: b=2; path=/fn/acme/web',
  ]);
  expect(head.match(/content-security-policy: \S+/g)).toEqual([
    'content-security-policy: default-src',
    'content-security-policy: sandbox',
  ]);
  expect(head).not.toContain('allow-same-origin');
  for (const name of ['strict', 'clear-site', 'service-worker', 'alt-svc', 'nel:', 'report-to'])
    expect(head).not.toContain(name);
});

it('an event function answers JSON, or nothing', async () => {
  const { head, body } = await answerOf({}, 'GET', 'value');
  expect([head.includes('content-type: application/json'), body]).toEqual([true, '{"ok":true}']);
  expect((await answerOf({}, 'GET', 'nothing')).head).toMatch(/^http\/1\.1 204/);
});

it('methods are the function’s, but for those that are about the connection', async () => {
  for (const method of ['OPTIONS', 'PATCH', 'DELETE', 'PUT', 'PROPFIND']) {
    expect((await answerOf({ status: 201, body: method }, method)).body, method).toBe(method);
  }
  expect((await answerOf({}, 'TRACE')).body).toContain('ERR_ISOLET_SERVER_METHOD');
  await using raw = await Raw.open(made.server);
  raw.send('CONNECT example.com:443 HTTP/1.1\nHost: example.com:443\n\n');
  await raw.untilClosed();
  expect(raw.statuses).toEqual([400]);
});

it('a WebSocket is refused with what to do instead', async () => {
  await using raw = await Raw.open(made.server);
  const upgrade =
    'Connection: Upgrade\nUpgrade: websocket\nSec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';
  raw.send(`GET /fn/acme/web HTTP/1.1\nHost: a\n${upgrade}\n\n`);
  const text = await raw.until('ERR_ISOLET_SERVER_UNSUPPORTED');
  expect(raw.statuses).toEqual([501]);
  expect(text).toContain('text/event-stream');
});
