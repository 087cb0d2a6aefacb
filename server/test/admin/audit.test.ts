import { afterAll, beforeAll, expect, it } from 'vitest';
import { Administration } from './administration.ts';
import { ApiDocument, type Described } from './document.ts';

let admin: Administration;
let document: ApiDocument;

beforeAll(async () => {
  admin = await Administration.start();
  document = new ApiDocument((await admin.ask('GET', '/openapi.json', undefined, '')).body);
});
afterAll(() => admin[Symbol.asyncDispose]());

// biome-ignore lint/suspicious/noExplicitAny: details differ by action
type Entry = any;
const entries = async (query = ''): Promise<Entry[]> => (await admin.done('GET', `/audit?limit=1000${query}`)).entries;

const secret = 'correct-horse-battery-staple';
const code = `() => "${secret}"`;
const tenant = 'acme';
const f = { tenant, name: 'f' };
const host = { tenant, host: 'shop.test' };

it('every operation that changes something leaves one entry: who, what, to what, and no secret', async () => {
  const { id, token } = await admin.token({ scope: 'platform', label: 'ops' });
  const used = new Set<string>();
  const seen: Entry[] = [];
  const use = async (operation: string, params: Record<string, string>, body?: unknown) => {
    const { method, path } = document.operations.find((one) => one.id === operation) as Described;
    const url = path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(params[name] as string));
    const answer = await admin.ask(method, url, body, token);
    expect([operation, answer.status]).toEqual([operation, expect.toSatisfy((status: number) => status < 300)]);
    used.add(operation);
    const all = (await entries(`&token=${id}`)).reverse();
    expect([operation, all.length]).toEqual([operation, seen.length + 1]);
    seen.push(all.at(-1));
    return answer.body;
  };
  await use('putTenant', { tenant }, {});
  const { version } = await use('deployFunction', f, { code, env: { KEY: secret } });
  await use('deployFunction', f, { code: `${code} // again` });
  await use('rollbackFunction', f);
  await use('putAlias', { ...f, alias: 'live' }, { version });
  await use('deleteAlias', { ...f, alias: 'live' });
  await use('putSecret', { tenant, name: 'KEY' }, { value: secret });
  await use('deleteSecret', { tenant, name: 'KEY' });
  await use('putVariable', { tenant, name: 'CITY' }, { value: secret });
  await use('deleteVariable', { tenant, name: 'CITY' });
  await use('putDomain', host, { function: 'f' });
  await use('deleteDomain', host);
  await use('putAccess', { tenant }, { type: 'none' });
  await use('deleteAccess', { tenant });
  await use('putFunctionAccess', f, { type: 'token', tokens: [secret] });
  await use('deleteFunctionAccess', f);
  await use('putKey', { tenant, key: 'a/b' }, { value: secret });
  await use('deleteKey', { tenant, key: 'a/b' });
  await use('runSql', { tenant }, { sql: 'CREATE TABLE t (v)' });
  await use('runSql', { tenant }, { sql: 'INSERT INTO t VALUES (?)', params: [secret] });
  const made = await use('makeToken', {}, { scope: 'tenant', tenant, label: 'ci' });
  await use('revokeToken', { token: made.id });
  const own = await use('makeTenantToken', { tenant }, {});
  await use('revokeTenantToken', { tenant, token: own.id });
  await use('deleteFunction', f);
  await use('deleteTenant', { tenant });

  for (const entry of seen) {
    const actor = { token: id, label: 'ops', scope: 'platform' };
    expect(entry).toMatchObject({ actor, tenant, address: expect.stringContaining('127.0.0.1') });
  }
  expect(seen.map(({ action, target }) => [action, target])).toEqual([
    ['tenant.make', null],
    ['function.deploy', 'f'],
    ['function.deploy', 'f'],
    ['function.rollback', 'f'],
    ['alias.put', 'f'],
    ['alias.delete', 'f'],
    ['secret.put', 'KEY'],
    ['secret.delete', 'KEY'],
    ['variable.put', 'CITY'],
    ['variable.delete', 'CITY'],
    ['domain.put', 'shop.test'],
    ['domain.delete', 'shop.test'],
    ['access.put', null],
    ['access.delete', null],
    ['access.put', 'f'],
    ['access.delete', 'f'],
    ['kv.put', 'a/b'],
    ['kv.delete', 'a/b'],
    ['sql.run', null],
    ['sql.run', null],
    ['token.make', made.id],
    ['token.revoke', made.id],
    ['token.make', own.id],
    ['token.revoke', own.id],
    ['function.delete', 'f'],
    ['tenant.delete', null],
  ]);
  const said = JSON.stringify(await entries());
  for (const text of [secret, made.token, own.token, token]) expect(said).not.toContain(text);
  // Running a function changes nothing of the platform: usage and logs tell of it.
  const changing = document.operations.filter(({ reads, id: one }) => !reads && !/^invoke/.test(one));
  expect([...used].sort()).toEqual(changing.map(({ id: one }) => one).sort());
});

it('what is refused, fails or only reads leaves none', async () => {
  await admin.done('PUT', '/tenants/quiet', {});
  await admin.done('PUT', '/tenants/quiet/functions/f', { code: '() => 1' });
  const { token } = await admin.token({ scope: 'read', tenant: 'quiet' });
  const before = (await entries()).length;
  await admin.ask('PUT', '/tenants/quiet/functions/f', { code: '(' });
  await admin.ask('PUT', '/tenants/quiet/functions/f', { code: '() => 2' }, token);
  await admin.ask('PUT', '/tenants/quiet/functions/f', { code: '() => 2' }, undefined, { 'if-match': '"other"' });
  await admin.ask('PUT', '/tenants/quiet/functions/f/aliases/a', { version: 'v0' });
  await admin.ask('DELETE', '/tenants/quiet/secrets/NONE');
  await admin.ask('POST', '/tenants/quiet/functions/f/rollback');
  await admin.ask('DELETE', '/tokens/none');
  await admin.ask('POST', '/tenants/quiet/sql', { sql: 'SELEKT' });
  for (const path of ['', '/functions', '/functions/f/source', '/kv', '/usage', '/logs']) {
    await admin.done('GET', `/tenants/quiet${path}`);
  }
  expect((await entries()).length).toBe(before);
});

it('is read in pages, by action, token, tenant and time; a tenant sees its own alone', async () => {
  await admin.done('PUT', '/tenants/one', {});
  await admin.done('PUT', '/tenants/two', {});
  const one = await admin.token({ scope: 'tenant', tenant: 'one' });
  for (let i = 0; i < 5; i++) {
    await admin.ask('PUT', `/tenants/one/env/V${i}`, { value: 'x' }, one.token);
    await admin.done('PUT', `/tenants/two/env/V${i}`, { value: 'x' });
  }
  const all = await entries('&tenant=one');
  expect(all.filter(({ action }) => action === 'variable.put').map(({ target }) => target)).toEqual([
    'V4',
    'V3',
    'V2',
    'V1',
    'V0',
  ]);
  expect(await entries(`&token=${one.id}`)).toEqual(all.filter(({ actor }) => actor.token === one.id));
  expect((await entries('&tenant=one&action=tenant.make')).map(({ tenant }) => tenant)).toEqual(['one']);
  expect(await entries(`&tenant=one&since=${all[2].time}`)).toEqual(all.filter(({ time }) => time >= all[2].time));
  const seen: Entry[] = [];
  let next: string | null = '';
  while (next !== null) {
    const path: string = `/tenants/one/audit?limit=2${next && `&cursor=${next}`}`;
    const page: { entries: Entry[]; next: string | null } = (await admin.ask('GET', path, undefined, one.token)).body;
    seen.push(...page.entries);
    next = page.next;
  }
  expect(seen).toEqual(all);
});

it('who gets the id of a tenant that is gone does not see what was before', async () => {
  const { token } = await admin.token({ scope: 'read' });
  await admin.done('DELETE', '/tenants/two');
  await admin.done('PUT', '/tenants/two', {});
  const own = (await admin.ask('GET', '/tenants/two/audit', undefined, token)).body.entries;
  expect(own.map(({ action }: Entry) => action)).toEqual(['tenant.make']);
  expect((await entries('&tenant=two')).length).toBeGreaterThan(5);
});

it('is the same after the process was killed', async () => {
  const before = await entries();
  await admin.restart();
  expect(await entries()).toEqual(before);
});
