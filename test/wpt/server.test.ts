import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
// @ts-expect-error it is JavaScript, as it runs on any Node without a build
import { startServer, substitute } from './server/server.mjs';

let dir: string;
let server: { ports: number[]; close(): void };
const resources = '/fetch/api/resources';

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'isolet-wpt-server-'));
  mkdirSync(join(dir, 'data'));
  writeFileSync(join(dir, 'data/a.txt'), 'a file');
  writeFileSync(join(dir, 'data/a.txt.headers'), 'X-Beside: yes\n');
  writeFileSync(join(dir, 'data/b.asis'), 'HTTP/1.0 200 MEH\nHEYA: 1\nHEYA: 2\n');
  server = await startServer(dir);
});

afterAll(() => {
  server.close();
  rmSync(dir, { recursive: true });
});

test('it echoes what it was sent, with methods that node:http refuses', async () => {
  const response = await ask(`${resources}/echo-content.py`, { method: 'CHICKEN', body: 'hello' });
  expect(response.headers.get('x-request-method')).toBe('CHICKEN');
  expect(response.headers.get('x-request-content-length')).toBe('5');
  expect(await response.text()).toBe('hello');
  const inspected = await ask(`${resources}/inspect-headers.py?headers=x-a|x-b`, { headers: { 'x-a': 'ä\xff' } });
  expect(inspected.headers.get('x-request-x-a')).toBe('ä\xff');
  expect(inspected.headers.has('x-request-x-b')).toBe(false);
});

test('a body in chunks arrives whole', async () => {
  const body = new Blob(['ab', 'cd']).stream();
  const response = await ask(`${resources}/echo-content.py`, { method: 'POST', body, duplex: 'half' } as RequestInit);
  expect(await response.text()).toBe('abcd');
});

test('it redirects, counts, and answers with any status', async () => {
  const count = await ask(`${resources}/redirect.py?token=t&max_count=3&location=redirect.py`);
  expect(await count.text()).toBe('3');
  expect(count.redirected).toBe(true);
  const status = await ask(`${resources}/status.py?code=299&text=Hm&content=%C3%A4`);
  expect([status.status, status.statusText, await status.text()]).toEqual([299, 'Hm', 'ä']);
});

test('a slow answer comes in pieces, and the server knows when nobody reads it any more', async () => {
  const trickle = await ask(`${resources}/trickle.py?ms=1&count=3`);
  expect(await trickle.text()).toBe('TEST_TRICKLE\n'.repeat(3));
  const controller = new AbortController();
  await ask(`${resources}/infinite-slow-response.py?stateKey=s`, { signal: controller.signal });
  expect(await (await ask(`${resources}/stash-take.py?key=s`)).json()).toBe('open');
  controller.abort();
  await expect.poll(async () => (await ask(`${resources}/stash-take.py?key=s`)).json()).toBe('closed');
});

test('files come with their headers, and as they are', async () => {
  const file = await ask('/data/a.txt?pipe=header(X-Piped,1)');
  expect(await file.text()).toBe('a file');
  expect([file.headers.get('x-beside'), file.headers.get('x-piped')]).toEqual(['yes', '1']);
  const asIs = await ask('/data/b.asis');
  expect([asIs.statusText, asIs.headers.get('heya')]).toEqual(['MEH', '1, 2']);
  expect((await ask('/data/../../etc/passwd')).status).toBe(404);
});

test('hosts and ports are filled into what leaves them open', () => {
  expect(substitute('http://{{host}}:{{ports[http][1]}}/{{unknown}}', [1, 2])).toBe('http://localhost:2/{{unknown}}');
});

function ask(path: string, init?: RequestInit): Promise<Response> {
  return fetch(`http://localhost:${server.ports[0]}${path}`, init);
}
