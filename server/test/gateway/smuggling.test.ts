import { expect, it } from 'vitest';
import { Raw, useGateway } from './support.ts';

const made = useGateway({
  echo: '(event) => [event.method, event.path, event.rawBody]',
  calls: '(() => { let calls = 0; return () => ++calls; })()',
  stream: `export default { async fetch(request) { return new Response(await request.text()); } }`,
});

const calls = async (): Promise<number> => (await fetch(`${made.server.url}/fn/acme/calls`)).json() as Promise<number>;

const head = 'POST /fn/acme/calls HTTP/1.1\nHost: a\n';

it.each([
  [
    'both lengths',
    `${head}Content-Length: 4\nTransfer-Encoding: chunked\n\n0\n\nGET /fn/acme/calls HTTP/1.1\nHost: a\n\n`,
  ],
  ['both lengths, the other way round', `${head}Transfer-Encoding: chunked\nContent-Length: 4\n\n0\n\n`],
  ['two lengths', `${head}Content-Length: 4\nContent-Length: 5\n\nabcde`],
  ['two lengths that are the same', `${head}Content-Length: 4\nContent-Length: 4\n\nabcd`],
  ['a list of lengths', `${head}Content-Length: 4, 4\n\nabcd`],
  ['a length that is none', `${head}Content-Length: 0x4\n\nabcd`],
  ['a negative length', `${head}Content-Length: -4\n\nabcd`],
  ['a length with a sign', `${head}Content-Length: +4\n\nabcd`],
  ['an encoding that nobody knows', `${head}Transfer-Encoding: xchunked\n\n0\n\n`],
  ['chunked that is not the last', `${head}Transfer-Encoding: chunked, identity\n\n0\n\n`],
  ['chunked twice', `${head}Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n0\n\n`],
  ['an encoding behind a blank', `${head}Transfer-Encoding : chunked\n\n0\n\n`],
  ['a folded header', `${head}Transfer-Encoding:\n chunked\n\n0\n\n`],
  ['a chunk without a size', `${head}Transfer-Encoding: chunked\n\nzz\nabc\n0\n\n`],
  ['a chunk with a size beyond all numbers', `${head}Transfer-Encoding: chunked\n\nfffffffffffffffff\nabc\n0\n\n`],
  ['a chunk that is longer than it says', `${head}Transfer-Encoding: chunked\n\n2\nabcd\n0\n\n`],
  ['a header without a colon', `${head}Nothing\n\n`],
  ['a NUL in a header', `${head}X-A: a\0b\n\n`],
  ['a name that is none', `${head}X A: b\n\n`],
  ['no host', 'GET /fn/acme/calls HTTP/1.1\n\n'],
  ['two hosts', 'GET /fn/acme/calls HTTP/1.1\nHost: a\nHost: b\n\n'],
  ['a host that is none', 'GET /fn/acme/calls HTTP/1.1\nHost: a/b\n\n'],
  ['a host with credentials', 'GET /fn/acme/calls HTTP/1.1\nHost: user@a\n\n'],
  ['a path with a blank', 'GET /fn/acme/calls /x HTTP/1.1\nHost: a\n\n'],
  ['another protocol', 'GET /fn/acme/calls HTTP/3.0\nHost: a\n\n'],
  ['no HTTP at all', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
])('%s: refused, the connection is closed, and the function is not called', async (_what, text) => {
  const before = await calls();
  await using raw = await Raw.open(made.server);
  raw.send(text).socket.end();
  const answer = await raw.untilClosed();
  // What is wrong behind a head that was right may leave nobody to answer.
  expect(raw.statuses.length, answer).toBeLessThan(2);
  for (const status of raw.statuses) expect(status).toBe(400);
  expect(await calls()).toBe(before + 1);
});

it('bare line feeds end no head', async () => {
  const before = await calls();
  await using raw = await Raw.open(made.server);
  raw.socket.end('GET /fn/acme/calls HTTP/1.1\nHost: a\n\n');
  await raw.untilClosed();
  expect(raw.statuses).toEqual([400]);
  expect(await calls()).toBe(before + 1);
});

it('requests that come together are answered one by one, each with its own body', async () => {
  await using raw = await Raw.open(made.server);
  const of = (body: string) =>
    `POST /fn/acme/echo/${body} HTTP/1.1\nHost: a\nContent-Length: ${body.length}\n\n${body}`;
  const chunked = 'POST /fn/acme/stream HTTP/1.1\nHost: a\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n';
  const last = 'GET /fn/acme/echo HTTP/1.1\nHost: a\nConnection: close\n\n';
  raw.send(of('one') + chunked + of('three') + last);
  const text = await raw.untilClosed();
  expect(raw.statuses).toEqual([200, 200, 200, 200]);
  const bodies = [...text.matchAll(/(\["[A-Z]+".*?\]|\nabc(?=\r|H))/g)].map(([body]) => body.trim());
  expect(bodies).toEqual(['["POST","/one","one"]', 'abc', '["POST","/three","three"]', '["GET","/",null]']);
});

it('a body that the function did not want is no request', async () => {
  await using raw = await Raw.open(made.server);
  const hidden = 'GET /fn/acme/echo/hidden HTTP/1.1\r\nHost: a\r\n\r\n';
  for (const method of ['GET', 'DELETE']) {
    raw.send(`${method} /fn/acme/echo/outer HTTP/1.1\nHost: a\nContent-Length: ${hidden.length}\n\n`);
    raw.socket.write(hidden);
  }
  raw.send('GET /fn/acme/echo/last HTTP/1.1\nHost: a\nConnection: close\n\n');
  const text = await raw.untilClosed();
  expect(raw.statuses).toEqual([200, 200, 200]);
  expect(text).not.toContain('"/hidden"');
});

it('a client may ask whether it may send its body', async () => {
  await using raw = await Raw.open(made.server);
  raw.send('POST /fn/acme/echo HTTP/1.1\nHost: a\nContent-Length: 2\nExpect: 100-continue\n\n');
  await raw.until('HTTP/1.1 100 Continue');
  raw.send('hi');
  await raw.until('"hi"');
  expect(raw.statuses).toEqual([100, 200]);
});
