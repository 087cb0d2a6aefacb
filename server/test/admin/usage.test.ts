import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ServerProcess } from '../server-process.ts';
import { Administration } from './administration.ts';

const origin = createServer((_request, response) => response.end('0123456789'));
origin.listen(0, '127.0.0.1');
await once(origin, 'listening');
const { port } = origin.address() as AddressInfo;
afterAll(() => origin.close());

let admin: Administration;
const hourly = { requests: 1, per: 3_600_000 };

beforeAll(async () => {
  const standard = { fetch: { allow: [`127.0.0.1:${port}`] } };
  admin = await Administration.start({ tiers: { standard, slow: { rate: hourly } } });
  for (const tenant of ['acme', 'other']) await admin.done('PUT', `/tenants/${tenant}`, {});
});
afterAll(() => admin[Symbol.asyncDispose]());

const deploy = (name: string, code: string, tenant = 'acme') =>
  admin.done('PUT', `/tenants/${tenant}/functions/${name}`, { code });
const invoke = (name: string, event: unknown = null, tenant = 'acme') =>
  admin.ask('POST', `/tenants/${tenant}/functions/${name}/invoke`, JSON.stringify(event));
const usage = (query = '', tenant = 'acme') => admin.done('GET', `/tenants/${tenant}/usage${query}`);

it('each invocation is counted once, for its function and in the sum, however it came and ended', async () => {
  await deploy('f', '(event) => { if (event === "fail") throw new Error("no"); return event; }');
  await deploy('g', '() => 1');
  await deploy('f', '() => 1', 'other');
  for (const event of [1, 2, 'fail', 'fail']) await invoke('f', event);
  expect((await fetch(`${admin.server.url}/fn/acme/f`)).status).toBe(200);
  const { id } = await admin.done('POST', '/tenants/acme/functions/f/invocations', '1');
  await expect
    .poll(async () => (await admin.done('GET', `/tenants/acme/functions/f/invocations/${id}`)).status)
    .toBe('done');
  await invoke('g');
  await invoke('f', null, 'other');
  const { total, functions } = await usage();
  expect(functions.f).toMatchObject({
    invocations: 6,
    errors: 2,
    coldStarts: 1,
    refused: 0,
    rateLimited: 0,
    fetches: 0,
  });
  expect(functions.g).toMatchObject({ invocations: 1, errors: 0, coldStarts: 1 });
  expect(total).toMatchObject({ invocations: 7, errors: 2 });
  for (const name of ['durationMs', 'cpuMs', 'gbMs']) {
    expect(functions.f[name]).toBeGreaterThan(0);
    expect(total[name]).toBeCloseTo(functions.f[name] + functions.g[name], 6);
  }
  expect((await usage('', 'other')).total.invocations).toBe(1);
});

it('requests that functions make are counted, with their bytes', async () => {
  await deploy(
    'out',
    `async () => { for (let i = 0; i < 2; i++) await (await fetch("http://127.0.0.1:${port}/", { method: "POST", body: "abc" })).text(); }`,
  );
  expect((await invoke('out')).status).toBe(200);
  expect((await usage('?function=out')).total).toMatchObject({ fetches: 2, bytesSent: 6, bytesReceived: 20 });
});

it('what functions do with KV and SQL is counted, with its bytes', async () => {
  await deploy(
    'store',
    `async (event, { env: { KV, SQL } }) => {
      await KV.put("key", "value");
      await KV.put("bytes", new Uint8Array(100));
      const stale = await KV.put("key", "ignored", { ifVersion: null });
      await KV.get("key");
      await KV.getEntry("bytes");
      await KV.get("none");
      await KV.list();
      await KV.delete("bytes");
      await SQL.query("CREATE TABLE t (a, b)");
      await SQL.query("INSERT INTO t VALUES (?, ?), (?, ?)", ["four", 1, null, 2]);
      await SQL.batch([{ sql: "UPDATE t SET b = :b", params: { b: 3 } }, "SELECT a FROM t"]);
      await SQL.transaction(async (tx) => { await tx.first("SELECT b FROM t"); });
      try { await SQL.query("SELEKT"); } catch {}
      return stale.ok;
    }`,
  );
  expect((await invoke('store')).body).toBe(false);
  await deploy('reader', 'async (event, { env: { KV } }) => KV.get("key")');
  expect((await invoke('reader')).body).toBe('value');
  const { functions, total, stored } = await usage();
  expect(functions.store).toMatchObject({
    ...{ kvReads: 4, kvWrites: 4, kvBytesRead: 5 + 100 + 8, kvBytesWritten: 3 + 5 + 5 + 100 },
    ...{ sqlStatements: 7, sqlRowsWritten: 4, sqlBytesRead: 4 + 8 + 8, sqlBytesWritten: 4 + 8 + 8 + 8 },
  });
  expect(functions.store.sqlMs).toBeGreaterThan(0);
  expect(functions.reader).toMatchObject({ kvReads: 1, kvWrites: 0, kvBytesRead: 5, sqlStatements: 0 });
  expect(total).toMatchObject({ kvReads: 5, sqlStatements: 7 });
  expect(stored).toMatchObject({ kvKeys: 1, kvBytes: 8, sqlBytes: expect.any(Number) });
  expect(stored.sqlBytes).toBeGreaterThan(4096);
  expect((await usage('', 'other')).stored).toEqual({ kvKeys: 0, kvBytes: 0, sqlBytes: 0, logBytes: 0 });
});

it('what was never started is counted apart', async () => {
  await admin.done('PUT', '/tenants/limited', { tier: 'slow' });
  await deploy('f', '() => 1', 'limited');
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await invoke('f', null, 'limited')).status);
  expect(statuses).toEqual([200, 429, 429]);
  expect((await usage('', 'limited')).total).toMatchObject({ invocations: 1, errors: 0, rateLimited: 2 });
});

it('hours add up to the sum; a period, a function and a page are what was asked for', async () => {
  const all = await usage();
  const hours: { hour: string; function: string; invocations: number }[] = [];
  let next: string | null = '';
  while (next !== null) {
    const page = await usage(`?limit=1${next && `&cursor=${next}`}`);
    expect(page.total).toEqual(all.total);
    hours.push(...page.hours);
    next = page.next;
  }
  expect(hours).toEqual(all.hours);
  expect(hours.reduce((sum, { invocations }) => sum + invocations, 0)).toBe(all.total.invocations);
  expect(new Set(hours.map((row) => row.function))).toEqual(new Set(['f', 'g', 'out', 'store', 'reader']));
  expect((await usage('?function=g')).functions).toEqual({ g: all.functions.g });
  expect((await usage('?function=none')).total.invocations).toBe(0);
  const hour = 3_600_000;
  const [first] = hours;
  const from = Date.parse(first?.hour as string);
  expect((await usage(`?from=${from + 1}&to=${Date.now()}`)).total).toEqual(all.total);
  expect((await usage(`?from=${from + 48 * hour}&to=${from + 49 * hour}`)).total.invocations).toBe(0);
  expect((await usage(`?to=${from}`)).total.invocations).toBe(0);
});

it('as a table it has the same rows', async () => {
  const { hours } = await usage();
  const { headers, body } = await admin.ask('GET', '/tenants/acme/usage?format=csv');
  expect(headers.get('content-type')).toMatch(/^text\/csv/);
  const [head, ...rows] = body
    .trim()
    .split('\r\n')
    .map((line: string) => line.split(','));
  const objects = rows.map((row: string[]) => Object.fromEntries(row.map((cell, i) => [head[i], cell])));
  const shown = hours.map((row: object) =>
    Object.fromEntries(Object.entries({ ...row, tenant: 'acme' }).map(([name, value]) => [name, String(value)])),
  );
  expect(objects).toEqual(shown);
});

it('who gets the id of a tenant that is gone begins with nothing, also within the same hour', async () => {
  await admin.done('PUT', '/tenants/brief', {});
  await deploy('f', '() => 1', 'brief');
  await invoke('f', null, 'brief');
  await admin.done('DELETE', '/tenants/brief');
  await admin.done('PUT', '/tenants/brief', {});
  const { total, functions } = await usage('', 'brief');
  expect([total.invocations, functions]).toEqual([0, {}]);
  await deploy('f', '() => 1', 'brief');
  await invoke('f', null, 'brief');
  expect((await usage('', 'brief')).functions.f.invocations).toBe(1);
});

it('is complete after a stop, also what nobody had asked for', async () => {
  const before = (await usage()).total;
  await invoke('g');
  await invoke('reader');
  expect(await admin.server.end('SIGTERM')).toBe(0);
  await using again = await ServerProcess.start(admin.folder);
  const { total } = (await again.ask('GET', '/v1/tenants/acme/usage')).body;
  expect(total).toMatchObject({ invocations: before.invocations + 2, kvReads: before.kvReads + 1 });
});
