import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Libsql from 'libsql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';

let admin: Administration;

beforeAll(async () => {
  admin = await Administration.start();
  await admin.done('PUT', '/tenants/acme', {});
});
afterAll(() => admin[Symbol.asyncDispose]());

const f = '/tenants/acme/functions/f';

it('usage adds up what was invoked, by hour and function, in JSON and as a table', async () => {
  await admin.done('PUT', f, { code: '(event) => { if (event) throw new Error("no"); }' });
  for (let i = 0; i < 3; i++) await admin.done('POST', `${f}/invoke`, 'null');
  await admin.ask('POST', `${f}/invoke`, '1');
  const usage = await admin.done('GET', '/tenants/acme/usage');
  expect(usage.total).toMatchObject({ invocations: 4, errors: 1 });
  expect(usage.functions.f.cpuMs).toBeGreaterThan(0);
  const sum = usage.hours.reduce((all: number, { invocations }: { invocations: number }) => all + invocations, 0);
  expect(sum).toBe(4);
  const { body, headers } = await admin.ask('GET', '/tenants/acme/usage?format=csv');
  expect(headers.get('content-type')).toMatch(/^text\/csv/);
  const [head, ...rows] = (body as string)
    .trim()
    .split('\r\n')
    .map((line) => line.split(','));
  expect(head?.slice(0, 5)).toEqual(['hour', 'tenant', 'function', 'invocations', 'errors']);
  expect(rows.reduce((all, row) => all + Number(row[3]), 0)).toBe(4);
  expect(rows.every((row) => row.length === head?.length)).toBe(true);
  const past = await admin.done('GET', '/tenants/acme/usage?from=2020-01-01&to=2020-02-01');
  expect([past.hours, past.total.invocations]).toEqual([[], 0]);
});

it('the audit says who did what, and nothing is ever taken out of it', async () => {
  const { id, token } = await admin.token({ scope: 'tenant', tenant: 'acme', label: 'ci' });
  const first = await admin.ask('PUT', f, { code: '() => 1' }, token);
  await admin.ask('PUT', f, { code: '() => 2' }, token);
  await admin.ask('POST', `${f}/rollback`, undefined, token);
  await admin.ask('PUT', '/tenants/acme/secrets/KEY', { value: 'a-secret' }, token);
  await admin.done('PUT', '/tenants/acme', { tier: 'standard' });
  const { entries } = await admin.done('GET', '/tenants/acme/audit');
  const actions = entries.map(({ action }: { action: string }) => action);
  expect(actions.slice(0, 5)).toEqual([
    ...['tenant.tier', 'secret.put', 'function.rollback', 'function.deploy', 'function.deploy'],
  ]);
  expect(entries[1]).toMatchObject({ actor: { token: id, label: 'ci', scope: 'tenant' }, target: 'KEY', detail: {} });
  expect(entries[1].address).toMatch(/127\.0\.0\.1$/);
  expect(entries[2].detail.version).toBe(first.body.version);
  expect(entries[0].actor).toMatchObject({ token: 'configured' });
  const own = await admin.done('GET', `/audit?token=${id}&action=function.deploy`);
  expect(own.entries).toHaveLength(2);
  const [page, rest] = [await admin.done('GET', '/audit?limit=3'), await admin.done('GET', '/audit')];
  const next = await admin.done('GET', `/audit?limit=3&cursor=${page.next}`);
  expect([...page.entries, ...next.entries]).toEqual(rest.entries.slice(0, 6));
  await admin.done('DELETE', `/tokens/${id}`);
  const db = new Libsql(join(admin.folder, 'server.db'));
  for (const sql of ['DELETE FROM audit', "UPDATE audit SET action = 'x'"]) {
    expect(() => db.exec(sql)).toThrow('the audit only grows');
  }
  db.close();
});

it('a refused change is not in the audit', async () => {
  const before = (await admin.done('GET', '/audit?limit=1')).entries[0].id;
  await admin.ask('PUT', f, { code: '(' });
  await admin.ask('PUT', f, { code: '() => 3' }, undefined, { 'if-match': '"other"' });
  await admin.ask('DELETE', '/tenants/acme/secrets/NONE');
  expect((await admin.done('GET', '/audit?limit=1')).entries[0].id).toBe(before);
});

it('who gets an id that somebody had before sees nothing of theirs', async () => {
  await admin.done('PUT', '/tenants/short', {});
  const path = '/tenants/short/functions/f';
  await admin.done('PUT', path, { code: '() => console.log("theirs")' });
  await admin.done('POST', `${path}/invoke`);
  await admin.done('PUT', '/tenants/short/kv/theirs', { value: 1 });
  await admin.done('PUT', '/tenants/short/env/THEIRS', { value: 'x' });
  const { token } = await admin.token({ scope: 'tenant', tenant: 'short' });
  await admin.done('DELETE', '/tenants/short');
  expect((await admin.ask('GET', '/tenants/short', undefined, token)).status).toBe(401);
  await admin.done('PUT', '/tenants/short', {});
  expect((await admin.done('GET', '/tenants/short/logs')).lines).toEqual([]);
  expect((await admin.done('GET', '/tenants/short/kv')).keys).toEqual([]);
  expect((await admin.done('GET', '/tenants/short/env')).variables).toEqual([]);
  const { entries } = await admin.done('GET', '/tenants/short/audit');
  expect(entries.map(({ action }: { action: string }) => action)).toEqual(['tenant.make']);
  expect((await admin.ask('POST', `${path}/invoke`)).status).toBe(404);
});

it('a token is kept as its hash, shown once, says when it was used, and ends when it is revoked', async () => {
  const { id, token } = await admin.token({ scope: 'tenant', tenant: 'acme', label: 'once' });
  expect(token).toMatch(/^isolet_[A-Za-z0-9_-]{43}$/);
  const find = async () =>
    (await admin.done('GET', '/tenants/acme/tokens')).tokens.find((one: { id: string }) => one.id === id);
  expect((await find()).lastUsedAt).toBe(null);
  expect(await admin.ask('GET', '/token', undefined, token)).toMatchObject({
    status: 200,
    body: { id, tenant: 'acme' },
  });
  await expect.poll(async () => (await find()).lastUsedAt).not.toBe(null);
  expect(JSON.stringify(await find())).not.toContain(token);
  const bytes = await Promise.all(['server.db', 'server.db-wal'].map((name) => readFile(join(admin.folder, name))));
  const kept = Buffer.concat(bytes);
  expect(kept.includes(token)).toBe(false);
  expect(kept.includes(createHash('sha256').update(token).digest())).toBe(true);
  await admin.done('DELETE', `/tenants/acme/tokens/${id}`);
  expect((await admin.ask('GET', '/token', undefined, token)).status).toBe(401);
});

it("a tenant makes tokens of its own, none of the platform, and can not revoke another's", async () => {
  const { token } = await admin.token({ scope: 'tenant', tenant: 'acme' });
  const made = await admin.ask('POST', '/tenants/acme/tokens', { scope: 'read', expiresIn: 3_600_000 }, token);
  expect(made).toMatchObject({ status: 201, body: { scope: 'read', tenant: 'acme' } });
  expect(Date.parse(made.body.expiresAt)).toBeGreaterThan(Date.now());
  expect((await admin.ask('POST', '/tenants/acme/tokens', { scope: 'platform' }, token)).status).toBe(422);
  const other = await admin.token({ scope: 'read' });
  expect((await admin.ask('DELETE', `/tenants/acme/tokens/${other.id}`, undefined, token)).status).toBe(404);
  expect((await admin.ask('GET', '/token', undefined, other.token)).status).toBe(200);
});

it('an invocation that nobody waits for can be asked about, by status too', async () => {
  await admin.done('PUT', f, { code: '(event) => { if (event === 0) throw new Error("none"); return 10 / event; }' });
  const { headers, body } = await admin.ask('POST', `${f}/invocations`, '5');
  const failing = await admin.done('POST', `${f}/invocations`, '0');
  const location = (headers.get('location') as string).slice('/v1'.length);
  await expect.poll(() => admin.done('GET', location)).toMatchObject({ status: 'done', result: 2, attempts: 1 });
  const find = () => admin.done('GET', `${f}/invocations/${failing.id}`);
  await expect.poll(find).toMatchObject({ status: 'failed', error: { code: 'ERR_ISOLET_JAVASCRIPT' } });
  const { invocations } = await admin.done('GET', `${f}/invocations?status=done`);
  expect(invocations.map(({ id }: { id: string }) => id)).toEqual([body.id]);
  const [page] = [await admin.done('GET', `${f}/invocations?limit=1`)];
  const next = await admin.done('GET', `${f}/invocations?limit=1&cursor=${page.next}`);
  expect([page.invocations[0].id, next.invocations[0].id]).toEqual([failing.id, body.id]);
});
